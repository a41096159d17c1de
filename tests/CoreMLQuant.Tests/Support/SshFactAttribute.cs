using System.IO;
using Xunit;

namespace CoreMLQuant.Tests.Support;

/// <summary>A test that needs an SSH server; skipped where there is none.</summary>
public sealed class SshFactAttribute : FactAttribute
{
    public SshFactAttribute()
    {
        if (SshServer.Program is null)
        {
            Skip = "No SSH server is installed (on Debian: openssh-server).";
        }
        else if (!Directory.Exists("/run/sshd") && System.Environment.UserName == "root")
        {
            // The server's own folder for giving up its rights, which only its service makes.
            Directory.CreateDirectory("/run/sshd");
        }
    }
}
