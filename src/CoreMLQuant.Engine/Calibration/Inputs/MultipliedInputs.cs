using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>The inputs of a model that weights are multiplied with as they are.</summary>
internal static class MultipliedInputs
{
    /// <summary>Names of the inputs.</summary>
    /// <param name="file">The model.</param>
    /// <param name="function">The function that is run; <see langword="null"/> for the default one.</param>
    /// <param name="model">The same, opened.</param>
    public static IReadOnlyCollection<string> Of(ModelFile file, string? function, IRunnableModel model)
    {
        // What a stage of a pipeline takes from another one is no input of the model.
        var inputs = new HashSet<string>(model.Features.Inputs.Select(input => input.Name), StringComparer.Ordinal);
        IEnumerable<string> known = StageValues.Unambiguous(file, model.IntermediateValues).Where(value => value.IsInput && inputs.Contains(value.Name)).Select(value => value.Name);
        return new HashSet<string>(InputFinder.Find(file, function, known).Found.SelectMany(weight => weight.Values).Select(value => value.Value), StringComparer.Ordinal);
    }
}
