using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Editing;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>Edits a model, and holds the result to the rules of the format and to what the source computes.</summary>
internal static class EditedModel
{
    /// <summary>Edits a model; the result breaks no rule that the source keeps, and its other files are those of the source.</summary>
    public static string Edit(TestFolder folder, string source, ModelEdits edits, string name = "edited")
    {
        string destination = folder[name + Path.GetExtension(source)];
        using (ModelFile model = ModelFile.Open(source))
        {
            EditResult result = ModelEditor.Run(model, ModelEditor.Plan(model, edits), destination, new ModelOutputOptions());
            Assert.Equal(nameof(EditStatus.Edited), result.Status);
            Assert.Equal(destination, result.Path);
            Assert.NotEmpty(result.Changes);
        }

        Assert.Equal(Errors(source), Errors(destination));
        Assert.Equal(OtherFiles(source), OtherFiles(destination));
        return destination;
    }

    /// <summary>The error of an edit that a model refuses.</summary>
    public static string Refusal(string source, ModelEdits edits)
    {
        using ModelFile model = ModelFile.Open(source);
        return Assert.Throws<EditException>(() => ModelEditor.Plan(model, edits)).Message;
    }

    /// <summary>The specification of a model.</summary>
    public static Model Specification(string path)
    {
        using ModelFile model = ModelFile.Open(path);
        return model.Specification.Clone();
    }

    /// <summary>What a model makes of random inputs; the values are drawn for the source and handed to the new names.</summary>
    public static IReadOnlyList<object?> Outputs(string path, string source, Func<string, string> inputName, string? function = null, string? sourceFunction = null)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings { Function = function });
        using ModelFile original = ModelFile.Open(source);
        RunSample drawn = Repository.Runtime.DrawSamples(RunFeatures.Of(original, sourceFunction), seed: 7, count: 1).Single();
        var sample = new RunSample("one", drawn.Values.ToDictionary(pair => inputName(pair.Key), pair => pair.Value));
        return model.Run(sample).Outputs.Cast<DictionaryEntry>().Select(output => Plain(output.Value)).ToArray();
    }

    private static object? Plain(object? value) => value switch
    {
        MultiArray array => array.Values.Cast<object>().Select(number => Convert.ToSingle(number)).ToArray(),
        IEnumerable list and not string => list.Cast<object>().Select(item => item.ToString()).ToArray(),
        _ => value,
    };

    // Names of features stand in messages, so rules are compared and not words.
    private static string[] Errors(string path) => ModelValidator.Validate(path).Findings
        .Where(finding => finding.Severity == nameof(FindingSeverity.Error)).Select(finding => finding.Rule.ToString()).ToArray();

    private static Dictionary<string, byte[]> OtherFiles(string path) => File.Exists(path) ? [] : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) != ".mlmodel")
        .ToDictionary(file => Path.GetRelativePath(path, file), File.ReadAllBytes);
}
