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
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>
/// Asks a model, however broken, everything that the engine can be asked. The answer is a result, or an error that names its cause; and
/// a conversion of a sound model is a sound model.
/// </summary>
internal sealed class EveryQuestion
{
    private static readonly CompressionRecipe[] Recipes =
    [
        new Float16Recipe(),
        new Float16Recipe { WeightsOnly = true },
        new LinearQuantizationRecipe(),
        new LinearQuantizationRecipe { BitWidth = 4 },
        new LinearQuantizationRecipe { Activations = new ActivationQuantization { Ranges = new ActivationRanges("every range", new EveryRange()) }, AllowOpsetUpgrade = true },
        new PalettizationRecipe(),
        new PruningRecipe { TargetSparsity = 0.5 },
        new ExpansionRecipe(),
    ];

    private readonly string _path;
    private readonly List<string> _unexpected = [];

    private EveryQuestion(string path) => _path = path;

    /// <summary>Whether the validator finds no error in the model.</summary>
    public bool IsSound { get; private set; }

    /// <summary>How many conversions of the model gave an output.</summary>
    public int OutputCount { get; private set; }

    /// <summary>What was answered otherwise.</summary>
    public IReadOnlyList<string> Unexpected => _unexpected;

    /// <summary>Asks.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="outputs">Full path of a folder for conversions; it is left as it was.</param>
    /// <param name="withReport">Whether the report, which takes the longest, is asked for as well.</param>
    public static EveryQuestion Ask(string path, string outputs, bool withReport)
    {
        var questions = new EveryQuestion(path);
        questions.Read(withReport);
        foreach (CompressionRecipe recipe in Recipes)
        {
            questions.Convert(recipe, Path.Combine(outputs, "out" + Path.GetExtension(path)));
        }

        return questions;
    }

    private void Read(bool withReport)
    {
        Try("open", () => ModelFile.Open(_path).Dispose());
        Try("describe", () => With(model => model.Describe()));
        Try("weights", () => With(model => model.GetWeights()));
        Try("measure", () => With(model => model.MeasureWeights(_ => true, default)));
        Try("validate", () => IsSound = ModelValidator.Validate(_path).IsValid);
        if (withReport)
        {
            Try("report", () => ModelReport.Of(_path));
        }
    }

    private void Convert(CompressionRecipe recipe, string output)
    {
        Try($"convert, {recipe.Description}", () => With(model => ModelCompressor.Run(
            model, ModelCompressor.Plan(model, recipe), output, new ConversionOptions { Flush = false })));
        if (!File.Exists(output) && !Directory.Exists(output))
        {
            return;
        }

        OutputCount++;
        if (IsSound && ModelValidator.Validate(output) is { IsValid: false } report)
        {
            Finding error = report.Findings.First(finding => finding.Severity == nameof(FindingSeverity.Error));
            _unexpected.Add($"{recipe.Description} of a sound model breaks {error.Rule}: {error.Message} ({error.Location})");
        }

        if (File.Exists(output))
        {
            File.Delete(output);
        }
        else
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private void Try(string question, Action ask)
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
            _unexpected.Add($"{question}: {e}");
        }
    }

    private void With(Action<ModelFile> ask)
    {
        using ModelFile model = ModelFile.Open(_path);
        ask(model);
    }
}
