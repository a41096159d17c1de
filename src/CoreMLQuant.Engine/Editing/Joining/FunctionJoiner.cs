using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Editing.Joining;

/// <summary>
/// Makes one ML Program with several functions of programs with one each. Their weights are in one file, equal ones once. Functions keep their opsets;
/// describing functions needs specification version 9.
/// </summary>
internal static class FunctionJoiner
{
    private const int FunctionsVersion = 9;
    private const string OnlyFunction = "main";

    /// <summary>Plans it.</summary>
    /// <param name="models">The models.</param>
    /// <param name="names">The function's name for each of them.</param>
    /// <param name="defaultFunction">The function that is used when none is asked for; the first one when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    public static AssemblyPlan Plan(IReadOnlyList<ModelFile> models, IReadOnlyList<string> names, string? defaultFunction, CancellationToken cancellationToken)
    {
        CheckNames(models, names, defaultFunction);
        var builder = new AssemblyBuilder();
        Model[] taken = models.Select(model => builder.Take(model, cancellationToken)).ToArray();
        Function[] functions = taken.Zip(models, (model, file) => OnlyFunctionOf(model, file.Path)).ToArray();
        int first = defaultFunction is null ? 0 : names.ToList().IndexOf(defaultFunction);

        // The default function's model says what the whole says of itself.
        Model whole = taken[first];
        ModelDescription[] parts = taken.Select(model => model.Description ?? new ModelDescription()).ToArray();
        whole.Description = new ModelDescription { DefaultFunctionName = names[first], Metadata = parts[first].Metadata };
        whole.Description.Functions.AddRange(parts.Zip(names, Describe));
        whole.SpecificationVersion = Math.Max(FunctionsVersion, taken.Max(RequiredVersion.Of));
        whole.MlProgram.Functions.Clear();
        for (int i = 0; i < names.Count; i++)
        {
            whole.MlProgram.Functions.Add(names[i], functions[i]);
        }

        return builder.Build(whole, $"Join as functions {string.Join(", ", names)}", "_functions", mergesEqual: true) with
        {
            Parts = names.ToArray(),
            Notes = parts.Any(part => !Equals(part.Metadata, parts[first].Metadata)) ? [$"the metadata is that of '{names[first]}', the default function; the others' is different and is left out"] : [],
        };
    }

    private static FunctionDescription Describe(ModelDescription part, string name)
    {
        var function = new FunctionDescription { Name = name, PredictedFeatureName = part.PredictedFeatureName, PredictedProbabilitiesName = part.PredictedProbabilitiesName };
        function.Input.AddRange(part.Input);
        function.Output.AddRange(part.Output);
        function.State.AddRange(part.State);
        return function;
    }

    private static void CheckNames(IReadOnlyList<ModelFile> models, IReadOnlyList<string> names, string? defaultFunction)
    {
        string first = models[0].Path;
        if (models.Count < 2 || models.Count != names.Count)
        {
            throw new AssemblyException(first, $"there are {models.Count} models and {names.Count} names of functions.", "Specify two or more models, and one name for each, in the same order.");
        }

        if (names.FirstOrDefault(name => !PartNames.IsIdentifier(name)) is { } wrong)
        {
            throw new AssemblyException(models[names.ToList().IndexOf(wrong)].Path, $"'{wrong}' cannot name a function.", "Use letters, digits and underscores, and a letter or an underscore first.");
        }

        if (names.GroupBy(name => name).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new AssemblyException(first, $"two functions would be named '{twice.Key}'.", "Specify different names.");
        }

        if (defaultFunction is not null && !names.Contains(defaultFunction))
        {
            throw new AssemblyException(first, $"the default function '{defaultFunction}' is none of {string.Join(", ", names)}.", "Specify one of them.");
        }
    }

    private static Function OnlyFunctionOf(Model model, string path)
    {
        if (model.TypeCase != ModelCase.MlProgram)
        {
            throw new AssemblyException(path, "the model is not an ML Program; only ML Programs have functions.", "Use -AsPipeline to join models of other types.");
        }

        if (model.Description?.Functions.Count > 0 || model.MlProgram.Functions.Count != 1)
        {
            throw new AssemblyException(path, $"the model has several functions ({string.Join(", ", model.MlProgram.Functions.Keys)}).", "Split it first (Split-CoreMLModel), and join its parts.");
        }

        return model.MlProgram.Functions.TryGetValue(OnlyFunction, out Function? function)
            ? function
            : throw new AssemblyException(path, $"the program has no function '{OnlyFunction}', which is what Core ML runs.", "Write the model again with the tool that made it.");
    }
}
