using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>Makes a model of each function of an ML Program, with the weights that it uses and the version that its opset needs.</summary>
internal static class FunctionSplitter
{
    // A model without inputs came with functions; all else that a function has came with its opset.
    private const int NoInputsVersion = 9;
    private const string OnlyFunction = "main";

    /// <summary>Plans it.</summary>
    public static IReadOnlyList<AssemblyPlan> Plan(AssemblyBuilder builder, Model model, string path)
    {
        var functions = model.MlProgram.Functions.ToDictionary(function => function.Key, function => function.Value);
        FunctionDescription[] descriptions = model.Description.Functions.ToArray();
        if (descriptions.FirstOrDefault(description => !functions.ContainsKey(description.Name)) is { } missing)
        {
            throw new AssemblyException(path, $"the description names a function '{missing.Name}', which the program does not have.", "Write the model again with the tool that made it.");
        }

        // What is left is what every part has: the program's attributes and the metadata.
        model.MlProgram.Functions.Clear();
        model.Description = new ModelDescription { Metadata = model.Description.Metadata };
        return descriptions.Select(description => builder.Build(
            Part(model.Clone(), description, functions[description.Name]),
            $"Split into functions {string.Join(", ", descriptions.Select(one => one.Name))}",
            PartNames.FileSuffix(description.Name)) with
        { Part = description.Name }).ToArray();
    }

    private static Model Part(Model part, FunctionDescription description, Function function)
    {
        part.MlProgram.Functions.Add(OnlyFunction, function);
        part.Description.Input.AddRange(description.Input);
        part.Description.Output.AddRange(description.Output);
        part.Description.State.AddRange(description.State);
        part.Description.PredictedFeatureName = description.PredictedFeatureName;
        part.Description.PredictedProbabilitiesName = description.PredictedProbabilitiesName;
        int[] opsets = function.BlockSpecializations.Keys.Select(Platform.OpsetNumber).ToArray();
        if (Array.TrueForAll(opsets, opset => opset > 0))
        {
            part.SpecificationVersion = opsets.Select(Platform.SpecificationVersionOf).Append(description.Input.Count == 0 ? NoInputsVersion : 0).Max();
        }

        return part;
    }
}
