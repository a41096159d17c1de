using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers features of the model with the types that they have, to be edited.</summary>
public abstract class FeatureTypeCompleter : ModelCompleter
{
    private protected sealed override IEnumerable<string> Candidates(ModelFile file) =>
        Features(file.Describe()).Select(feature => $"@{{ '{feature.Name.Replace("'", "''")}' = '{feature.Type}' }}");

    private protected sealed override string Written(string name) => name;

    /// <summary>The features on offer.</summary>
    private protected abstract IEnumerable<ModelFeature> Features(CoreMLModel model);
}

/// <summary>Offers inputs.</summary>
public sealed class InputTypeCompleter : FeatureTypeCompleter
{
    private protected override IEnumerable<ModelFeature> Features(CoreMLModel model) => model.Inputs.Concat(model.Functions.SelectMany(function => function.Inputs));
}

/// <summary>Offers outputs.</summary>
public sealed class OutputTypeCompleter : FeatureTypeCompleter
{
    private protected override IEnumerable<ModelFeature> Features(CoreMLModel model) => model.Outputs.Concat(model.Functions.SelectMany(function => function.Outputs));
}
