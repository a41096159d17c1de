using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

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
        (_server, Port) = Start(folder, host);
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

    // Somebody else may take a port that was free a moment ago.
    private (Process Server, int Port) Start(Workspace folder, string host)
    {
        string said = string.Empty;
        for (int attempt = 0; attempt < 20; attempt++)
        {
            int port = FreePort();
            if (TryStart(Configuration(folder, host, port), $"Server listening on 127.0.0.1 port {port}.", ref said) is { } server)
            {
                return (server, port);
            }
        }

        throw new InvalidOperationException($"The SSH server did not start: {said}");
    }

    private static Process? TryStart(string configuration, string listening, ref string said)
    {
        Process server = Process.Start(new ProcessStartInfo(Program!, ["-D", "-e", "-f", configuration]) { RedirectStandardError = true })!;
        var lines = new ConcurrentQueue<string>();
        var isListening = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.ErrorDataReceived += (_, line) =>
        {
            lines.Enqueue(line.Data ?? string.Empty);
            if (line.Data?.Trim() == listening)
            {
                isListening.TrySetResult(true);
            }
            else if (line.Data is null)
            {
                // It has ended.
                isListening.TrySetResult(false);
            }
        };
        server.BeginErrorReadLine();
        if (isListening.Task.Result)
        {
            return server;
        }

        said = string.Join(Environment.NewLine, lines);
        server.WaitForExit();
        server.Dispose();
        return null;
    }

    private string Configuration(Workspace folder, string host, int port)
    {
        // StrictModes would look at the folders above; a server that is not root's cannot check passwords anyway.
        string dotnet = Process.GetCurrentProcess().MainModule!.FileName;
        return folder.AddText("ssh/config", $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {host}
            AuthorizedKeysFile {KeyFile}.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            Subsystem powershell {dotnet} {Repository.ShellAssembly} -sshs -NoLogo -NoProfile
            """ + "\n");
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
}
