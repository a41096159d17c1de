using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Tests.Validation;

/// <summary>What Core ML accepts, and what this module writes, breaks no rule.</summary>
public class AcceptedModelTests
{
    // coremltools quantizes layers that are to be trained, and Apple's validator refuses the result.
    private const string Refused = "nn_updatable";

    private static readonly Dictionary<string, CompressionRecipe> Recipes = new()
    {
        ["fp16"] = new Float16Recipe(),
        ["fp16 stored"] = new Float16Recipe { WeightsOnly = true },
        ["8 bits"] = new LinearQuantizationRecipe { MinimumElementCount = 0 },
        ["4 bits"] = new LinearQuantizationRecipe { MinimumElementCount = 0, BitWidth = 4, Mode = QuantizationMode.Affine, AllowOpsetUpgrade = true },
        ["blocks"] = new LinearQuantizationRecipe { MinimumElementCount = 0, BitWidth = 4, Granularity = Granularity.PerBlock, BlockSize = [4], AllowOpsetUpgrade = true },
        ["palettized"] = new PalettizationRecipe { MinimumElementCount = 0, BitWidth = 2 },
        ["groups"] = new PalettizationRecipe { MinimumElementCount = 0, BitWidth = 3, GroupSize = 8, AllowOpsetUpgrade = true },
        ["scaled"] = new PalettizationRecipe { MinimumElementCount = 0, BitWidth = 4, PerChannelScale = true, AllowOpsetUpgrade = true },
        ["quantized tables"] = new PalettizationRecipe { MinimumElementCount = 0, BitWidth = 4, QuantizeLookupTable = true, AllowOpsetUpgrade = true },
        ["pruned"] = new PruningRecipe { MinimumElementCount = 0, TargetSparsity = 0.5 },
        ["joint"] = new OptimizationRecipe
        {
            Steps =
            [
                new OptimizationStep { Global = new PruningRecipe { TargetSparsity = 0.5, AllowOpsetUpgrade = true } },
                new OptimizationStep { Global = new LinearQuantizationRecipe { AllowOpsetUpgrade = true } },
            ],
            AllowOpsetUpgrade = true,
        },
        ["expanded"] = new ExpansionRecipe(),
    };

    public static TheoryData<string> Networks => new(Names);

    public static TheoryData<string, string> Conversions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string network in Names.Where(network => Source(network) is not null))
            {
                foreach (string recipe in Recipes.Keys)
                {
                    data.Add(network, recipe);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Validate_Fixture_AgreesWithApplesValidator(string network)
    {
        foreach (string path in ModelFolder.FindModels(TestFiles.Fixture(network), recurse: false, (_, e) => throw e))
        {
            bool isRefused = network == Refused && Path.GetFileNameWithoutExtension(path) is not ("fp32" or "fp16");
            string[] expected = isRefused ? [nameof(ValidationRule.QuantizedUpdatableWeight)] : [];
            Assert.Equal(expected, Errors(path).Select(finding => finding.Rule).Distinct());
        }
    }

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Validate_WhatThisModuleWrote_HasNoErrors(string network, string recipe)
    {
        using var scratch = new ScratchFolder();
        string source = Source(network)!;
        string path;
        try
        {
            path = EngineRuns.Convert(source, scratch.Combine("out" + Path.GetExtension(source)), Recipes[recipe]).Path;
        }
        catch (RecipeException)
        {
            // What cannot be done to this model is tested elsewhere.
            return;
        }

        Assert.Empty(Errors(path));
    }

    [Fact]
    public void Validate_PublishedModels_HaveNoErrors()
    {
        string folder = Path.Combine(TestFiles.Root, "..", "shared", "models");
        foreach (string path in Directory.Exists(folder) ? ModelFolder.FindModels(folder, recurse: false, (_, e) => throw e) : [])
        {
            Assert.Empty(Errors(path));
        }
    }

    [Fact]
    public void Validate_Expanded_TakesWhatWasCompressed()
    {
        using var scratch = new ScratchFolder();
        string path = EngineRuns.Convert(TestFiles.Fixture("convnet_iOS18", "joint_prune50_q8.mlpackage"), scratch.Combine("out.mlpackage"), new ExpansionRecipe()).Path;
        Assert.Empty(ModelValidator.Validate(path).Findings);
    }

    private static IEnumerable<string> Names => Directory.GetDirectories(TestFiles.Fixture()).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    private static string? Source(string network) =>
        new[] { "fp32.mlpackage", "fp32.mlmodel", "fp16src.mlpackage" }.Select(name => TestFiles.Fixture(network, name)).FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));

    private static IEnumerable<Finding> Errors(string path) => ModelValidator.Validate(path).Findings.Where(finding => finding.Severity == nameof(FindingSeverity.Error));
}
