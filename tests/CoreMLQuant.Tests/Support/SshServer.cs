using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace CoreMLQuant.Tests.Support;

/// <summary>An SSH server of a test's own on loopback, whose subsystem powershell is CoreMLQuant.Shell, and a key that it accepts.</summary>
internal sealed class SshServer : IDisposable
{
    private readonly Process _server;

    public SshServer(Workspace folder)
    {
        string Key(string name)
        {
            Run("ssh-keygen", "-q", "-t", "ed25519", "-N", string.Empty, "-f", folder[name]);
            return folder[name];
        }

        Directory.CreateDirectory(folder["ssh"]);
        KeyFile = Key("ssh/user");
        string host = Key("ssh/host");
        Port = FreePort();

        // StrictModes would look at the folders above; a server that is not root's cannot check passwords anyway.
        string dotnet = Process.GetCurrentProcess().MainModule!.FileName;
        string configuration = folder.AddText("ssh/config", $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {host}
            AuthorizedKeysFile {KeyFile}.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            Subsystem powershell {dotnet} {Repository.ShellAssembly} -sshs -NoLogo -NoProfile
            """ + "\n");
        _server = Process.Start(new ProcessStartInfo(Program!, ["-D", "-e", "-f", configuration]) { RedirectStandardError = true })!;
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginErrorReadLine();
        WaitUntilItListens();
    }

    /// <summary>The server's program; <see langword="null"/> when it is not installed.</summary>
    public static string? Program { get; } = new[] { "/usr/sbin/sshd", "/usr/local/sbin/sshd" }.FirstOrDefault(File.Exists);

    public int Port { get; }

    public string KeyFile { get; }

    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Xunit.Assert.Equal(0, process.ExitCode);
    }

    private void WaitUntilItListens()
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", Port);
                return;
            }
            catch (SocketException)
            {
                Xunit.Assert.False(_server.HasExited, "The SSH server did not start.");
                Thread.Sleep(100);
            }
        }

        throw new TimeoutException("The SSH server does not listen.");
    }
}
