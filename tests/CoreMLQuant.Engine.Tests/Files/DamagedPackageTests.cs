using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Reporting;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>Packages that mutation found: whatever is asked of one, the answer is a result or an error that names its cause.</summary>
public class DamagedPackageTests
{
    private static readonly CompressionRecipe[] Recipes =
    [
        new Float16Recipe(),
        new Float16Recipe { WeightsOnly = true },
        new LinearQuantizationRecipe(),
        new LinearQuantizationRecipe { BitWidth = 4 },
        new PalettizationRecipe(),
        new PruningRecipe { TargetSparsity = 0.5 },
        new ExpansionRecipe(),
    ];

    public static TheoryData<string> Packages => new(Directory.GetDirectories(TestFiles.Fixture("damaged")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Packages))]
    public void EveryQuestion_OfADamagedPackage_IsAnsweredOrRefusedByCause(string name)
    {
        string path = TestFiles.Fixture("damaged", name, "m.mlpackage");
        var unexpected = new List<string>();
        void Try(string question, Action ask)
        {
            try
            {
                ask();
            }
            catch (Exception e) when (e is CoreMLFormatException or RecipeException)
            {
                // By cause.
            }
            catch (Exception e)
            {
                unexpected.Add($"{question}: {e}");
            }
        }

        Try("open", () => ModelFile.Open(path).Dispose());
        Try("describe", () => With(path, model => model.Describe()));
        Try("weights", () => With(path, model => model.GetWeights()));
        Try("measure", () => With(path, model => model.MeasureWeights(_ => true, default)));
        Try("report", () => ModelReport.Of(path));
        Try("validate", () => ModelValidator.Validate(path));
        using var scratch = new ScratchFolder();
        foreach (CompressionRecipe recipe in Recipes)
        {
            Try($"run {recipe}", () => With(path, model => ModelCompressor.Run(
                model, ModelCompressor.Plan(model, recipe), scratch.Combine("out.mlpackage"), new ConversionOptions { Overwrite = true, Flush = false })));
        }

        // What is valid stays valid.
        if (ModelValidator.Validate(path).IsValid)
        {
            foreach (CompressionRecipe recipe in Recipes)
            {
                string output = scratch.Combine(Guid.NewGuid().ToString("N") + ".mlpackage");
                Try("valid", () => With(path, model => ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe), output, new ConversionOptions { Flush = false })));
                if (Directory.Exists(output) && ModelValidator.Validate(output) is { IsValid: false } report)
                {
                    unexpected.Add($"{recipe} breaks {report.Findings[0].Rule}: {report.Findings[0].Message}");
                }
            }
        }

        Assert.True(unexpected.Count == 0, string.Join("\n\n", unexpected));
    }

    private static void With(string path, Action<ModelFile> ask)
    {
        using ModelFile model = ModelFile.Open(path);
        ask(model);
    }
}
