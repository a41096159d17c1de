using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using k8s;
using k8s.Models;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace CoreMLQuant.Tests;

/// <summary>The samples that divide a folder among machines.</summary>
public sealed partial class FanOutSampleTests : ModuleTest
{
    private static readonly string Samples = Path.Combine(Repository.Root, "docs", "samples");

    // Of 'sbatch --help'; each with a value, except --requeue.
    private static readonly string[] BatchOptions = ["job-name", "array", "cpus-per-task", "mem", "time", "requeue", "output"];

    // What a Dockerfile consists of.
    private static readonly string[] Instructions = ["FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT"];

    private static string Sample(string name) => Path.Combine(Samples, name);

    private string[] Outputs => Directory.GetFiles(Folder["out"], "*.mlmodel", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder["out"], path).Replace('\\', '/')).Order().ToArray();

    private static string[] Expected => ["a/net_fp16.mlmodel", "b/net_fp16.mlmodel", "net_fp16.mlmodel"];

    public FanOutSampleTests()
    {
        // The same name in different folders: nothing may get lost.
        foreach (string path in new[] { "net.mlmodel", "a/net.mlmodel", "b/net.mlmodel" })
        {
            Folder.Add(Workspace.NewerNetwork, "models/" + path);
        }
    }

    [Fact]
    public void ConvertShard_PartsTogether_AreTheWholeTree()
    {
        string log = Folder["log.jsonl"];
        for (int index = 0; index < 3; index++)
        {
            Run("& $args[0] $args[1] $args[2] -Index $args[3] -Count 3 -ThrottleLimit 1 -LogPath $args[4]", Sample("convert-shard.ps1"), Folder["models"], Folder["out"], index, log).Clean();
            Assert.Equal(0, Run("$LASTEXITCODE").Clean().Single().BaseObject);
        }

        Assert.Equal(Expected, Outputs);
        Assert.Equal(3, File.ReadAllLines(log).Length);
    }

    [Fact]
    public void ConvertShard_StartedAgain_SkipsWhatIsDone_AndReportsABadModel()
    {
        const string Command = "& $args[0] $args[1] $args[2] -Index 0 -Count 1";
        Run(Command, Sample("convert-shard.ps1"), Folder["models"], Folder["out"]).Clean();
        Folder.AddText("models/bad.mlmodel", "no model");
        CommandRun run = Run(Command, Sample("convert-shard.ps1"), Folder["models"], Folder["out"]);
        Assert.Equal(["Skipped", "Skipped", "Skipped"], run.Values("Status"));
        Assert.Equal(["NotAModel"], run.ErrorIds);
        Assert.Equal(1, Run("$LASTEXITCODE").Clean().Single().BaseObject);
    }

    [UnixFact]
    public void Slurm_ScriptParses_AndHasOnlyOptionsOfSbatch()
    {
        Shell("bash", "-n", Sample("slurm-array.sbatch"));
        string[] lines = File.ReadAllLines(Sample("slurm-array.sbatch"));
        string[] directives = lines.Where(line => line.StartsWith("#SBATCH ", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(directives);
        Assert.All(directives, directive =>
        {
            Match option = BatchOption().Match(directive);
            Assert.True(option.Success && BatchOptions.Contains(option.Groups[1].Value), directive);
        });

        // Slurm reads them up to the first line that is not a comment.
        Assert.Equal(directives, lines.TakeWhile(line => line.Length == 0 || line.StartsWith('#')).Where(directives.Contains));
        Assert.StartsWith("#!", lines[0]);
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Slurm_TasksTogether_AreTheWholeTree()
    {
        string powershell = Folder.AddText("powershell", $"#!/bin/sh\nexec dotnet '{Repository.ShellAssembly}' \"$@\"\n");
        File.SetUnixFileMode(powershell, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Folder["out"]);

        // An array from 1 is divided as one from 0 is.
        foreach (string task in new[] { "1", "2" })
        {
            Shell("bash", [Sample("slurm-array.sbatch"), Folder["models"], Folder["out"]], new Dictionary<string, string>
            {
                ["POWERSHELL"] = powershell,
                ["SLURM_SUBMIT_DIR"] = Samples,
                ["SLURM_ARRAY_JOB_ID"] = "7",
                ["SLURM_ARRAY_TASK_ID"] = task,
                ["SLURM_ARRAY_TASK_MIN"] = "1",
                ["SLURM_ARRAY_TASK_COUNT"] = "2",
                ["SLURM_CPUS_PER_TASK"] = "2",
            });
        }

        Assert.Equal(Expected, Outputs);
        Assert.Equal(3, new[] { "1", "2" }.Sum(task => File.ReadAllLines(Folder[$"out/coremlquant-7-{task}.jsonl"]).Length));
    }

    [Fact]
    public void Kubernetes_ManifestIsAnIndexedJob_OfThePublishedSchema()
    {
        V1Job job = KubernetesYaml.Deserialize<V1Job>(File.ReadAllText(Sample("kubernetes-job.yaml")), strict: true);
        Assert.Equal(("batch/v1", "Job", "Indexed"), (job.ApiVersion, job.Kind, job.Spec.CompletionMode));
        Assert.True(job.Spec.Parallelism <= job.Spec.Completions);
        V1PodSpec pod = job.Spec.Template.Spec;
        Assert.Contains(pod.RestartPolicy, new[] { "Never", "OnFailure" });
        V1Container container = Assert.Single(pod.Containers);
        Assert.Equal(job.Spec.Completions.ToString(), container.Env.Single(variable => variable.Name == "SHARD_COUNT").Value);
        Assert.Equal(pod.Volumes.Select(volume => volume.Name).Order(), container.VolumeMounts.Select(mount => mount.Name).Order());
        Assert.Contains("-Index \"$JOB_COMPLETION_INDEX\" -Count \"$SHARD_COUNT\"", container.Args.Single());
        AssertCallsConvertShard(container.Args.Single());
    }

    [Fact]
    public void GitHubActions_MatrixCountsFromZero_AndItsStepsParse()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Sample("github-actions.yml"))));
        YamlNode job = yaml.Documents[0].RootNode["jobs"]["convert"];
        string[] indices = ((YamlSequenceNode)job["strategy"]["matrix"]["index"]).Select(index => index.ToString()).ToArray();
        Assert.Equal(Enumerable.Range(0, indices.Length).Select(index => index.ToString()), indices);

        YamlMappingNode[] steps = ((YamlSequenceNode)job["steps"]).Cast<YamlMappingNode>().ToArray();
        Assert.All(steps, step => Assert.True(step.Children.ContainsKey("uses") ^ step.Children.ContainsKey("run")));
        Assert.All(steps.Where(step => step.Children.ContainsKey("uses")), step => Assert.Matches(@"^[\w-]+/[\w-]+@v\d+$", step["uses"].ToString()));
        YamlMappingNode convert = steps.Single(step => step.Children.ContainsKey("env"));
        Assert.Equal(("${{ matrix.index }}", "${{ strategy.job-total }}"), (convert["env"]["INDEX"].ToString(), convert["env"]["COUNT"].ToString()));
        AssertCallsConvertShard(convert["run"].ToString());
    }

    [Fact]
    public void Dockerfile_CopiesWhatExists_AndStartsTheCommand()
    {
        string[] lines = File.ReadAllText(Sample("Dockerfile")).ReplaceLineEndings("\n").Replace("\\\n", " ").Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').ToArray();
        Assert.All(lines, line => Assert.Contains(line.Split(' ')[0], Instructions));
        Assert.All(lines.Where(line => line.StartsWith("FROM", StringComparison.Ordinal)), line => Assert.Contains("/dotnet/sdk:10.0", line));
        string[] copied = lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from")).Select(line => line.Split(' ')[1]).ToArray();
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.Contains("src/CoreMLQuant.Shell", lines.First(line => line.Contains("dotnet pack")));
        Assert.True(Directory.Exists(Path.Combine(Repository.Root, "src/CoreMLQuant.Shell")));
        Assert.Equal("ENTRYPOINT [\"coremlquant\"]", lines[^1]);
    }

    [SshFact]
    public void Ssh_ComputersConvertTheirParts_AndTheirResultsPipeOn()
    {
        using var server = new SshServer(Folder);
        string call = "& $args[0] -HostName localhost, localhost -Path $args[1] -DestinationPath $args[2] -Module $args[3] "
            + "-Connection @{ Port = $args[4]; KeyFilePath = $args[5]; Options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' } }";
        object[] arguments = [Sample("ssh-remoting.ps1"), Folder["models"], Folder["out"], Repository.Manifest, server.Port, server.KeyFile];

        CommandRun run = Run(call, arguments);
        run.Clean();
        Assert.Equal(["Converted", "Converted", "Converted"], run.Values("Status"));
        Assert.Equal(Expected, Outputs);
        Assert.All(run.Output, result => Assert.Equal("Deserialized.CoreMLQuant.Conversion.ConversionResult", result.TypeNames[0]));

        CommandRun piped = Run(call + " | Get-CoreMLModel", arguments);
        piped.Clean();
        Assert.Equal(Expected.Select(path => Folder["out/" + path]), piped.Values("Path").Order());
    }

    [GeneratedRegex("^#SBATCH --([a-z-]+)(=\\S+)?$")]
    private static partial Regex BatchOption();

    // Every sample calls the one script with the parameters that it has.
    private static void AssertCallsConvertShard(string command)
    {
        Assert.Contains("convert-shard.ps1", command);
        string script = File.ReadAllText(Sample("convert-shard.ps1"));
        Assert.All(
            Regex.Matches(command[command.IndexOf("convert-shard.ps1", StringComparison.Ordinal)..], "-([A-Z]\\w+)").Select(match => match.Groups[1].Value),
            parameter => Assert.Contains("$" + parameter, script));
    }

    private static void Shell(string program, params string[] arguments) => Shell(program, arguments, new Dictionary<string, string>());

    private static void Shell(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output.Result + error);
    }
}
