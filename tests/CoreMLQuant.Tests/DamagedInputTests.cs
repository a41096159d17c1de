using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>
/// Damaged models through every command: a result, or errors with ids that scripts can match. An id of UnexpectedFailure would be a bug
/// of the module, whatever the input.
/// </summary>
public sealed class DamagedInputTests : ModuleTest
{
    private const int DamageCount = 12;

    private static readonly string[] Commands =
    [
        "Get-CoreMLModel $args[0]",
        "(Get-CoreMLModel $args[0]).IsRunnable",
        "Get-CoreMLWeight $args[0]",
        "Get-CoreMLWeight $args[0] -Statistics",
        "Test-CoreMLModel $args[0] -Detailed",
        "ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -Force -NoFlush",
        "ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -Force -NoFlush -WeightsOnly",
        "ConvertTo-QuantizedModel $args[0] -DestinationPath $args[1] -Force -NoFlush -AllowOpsetUpgrade",
        "ConvertTo-PalettizedModel $args[0] -DestinationPath $args[1] -Force -NoFlush -AllowOpsetUpgrade",
        "ConvertTo-PrunedModel $args[0] -DestinationPath $args[1] -Force -NoFlush -AllowOpsetUpgrade -TargetSparsity 0.5",
        "Optimize-CoreMLModel $args[0] -DestinationPath $args[1] -Force -NoFlush -AllowOpsetUpgrade -Recipe @{ config_version = '1'; global_config = @{ mode = 'linear_symmetric' } }",
        "Expand-CoreMLModel $args[0] -DestinationPath $args[1] -Force -NoFlush",
        "Compare-CoreMLModel $args[0] $args[2]",
        "Compare-CoreMLModel $args[2] $args[0] -RandomInput -TimeoutSeconds 5",
        "Export-CoreMLReport $args[0] -DestinationPath $args[1] -Force -NoFlush",
        "ConvertTo-OnnxModel $args[0] -DestinationPath $args[1] -Force -NoFlush",
        "Invoke-CoreMLModel $args[0] -RandomInput -TimeoutSeconds 5",
    ];

    [Fact]
    public void EveryCommand_OnFoundDamage_GivesAResultOrAnErrorById()
    {
        var unexpected = new List<string>();
        foreach (string folder in Directory.GetDirectories(Repository.Fixture("damaged")).Order(StringComparer.Ordinal))
        {
            unexpected.AddRange(Ask(Path.Combine(folder, "m.mlpackage"), Path.GetFileName(folder)));
        }

        Assert.True(unexpected.Count == 0, string.Join("\n\n", unexpected));
    }

    [Theory]
    [InlineData("convnet_iOS16/q8lin.mlpackage", 1)]
    [InlineData("nn_cnn/linear8.mlmodel", 2)]
    [InlineData("nn_pipeline/fp32.mlmodel", 3)]
    public void EveryCommand_OnRandomDamage_GivesAResultOrAnErrorById(string fixture, int seed)
    {
        var random = new Random(seed);
        var unexpected = new List<string>();
        for (int i = 0; i < DamageCount; i++)
        {
            string model = Folder.Add(fixture, $"damaged{i}{Path.GetExtension(fixture)}");
            Damage(model, random);
            unexpected.AddRange(Ask(model, $"{fixture} {i}"));
        }

        Assert.True(unexpected.Count == 0, string.Join("\n\n", unexpected));
    }

    private IEnumerable<string> Ask(string model, string name)
    {
        string sound = Repository.Fixture("convnet_iOS16/fp32.mlpackage");
        foreach (string command in Commands)
        {
            CommandRun run = Run(command, model, Folder["out"], sound);
            foreach (ErrorRecord error in run.Errors.Concat(run.Terminating is { } terminating ? [terminating] : []))
            {
                if (CommandRun.Id(error) is "UnexpectedFailure" || !error.FullyQualifiedErrorId.EndsWith("Command", StringComparison.Ordinal))
                {
                    yield return $"{name}: {command}: {error.FullyQualifiedErrorId}: {error.Exception}";
                }
            }
        }

        // The answer is yes or no; a no has a finding that says why.
        CommandRun test = Run("Test-CoreMLModel $args[0]; (Test-CoreMLModel $args[0] -Detailed).Errors", model);
        if (test.Errors.Count > 0 || test.Output is not [{ BaseObject: bool isSound }, { BaseObject: int errors }] || isSound != (errors == 0))
        {
            yield return $"{name}: Test-CoreMLModel: {string.Join(", ", test.Output)} {string.Join(", ", test.Errors)}";
        }
    }

    // Every other file is cut off, the others have some of their bits turned over.
    private static void Damage(string model, Random random)
    {
        string[] files = File.Exists(model) ? [model] : Directory.GetFiles(model, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        string file = files[random.Next(files.Length)];
        byte[] bytes = File.ReadAllBytes(file);
        if (random.Next(2) == 0)
        {
            File.WriteAllBytes(file, bytes[..random.Next(bytes.Length)]);
            return;
        }

        for (int i = random.Next(1, 6); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }

        File.WriteAllBytes(file, bytes);
    }
}
