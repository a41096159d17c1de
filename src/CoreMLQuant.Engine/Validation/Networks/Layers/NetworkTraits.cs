using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>What holds for every layer of a network.</summary>
/// <param name="Reader">Reads settings of layers.</param>
/// <param name="IsOfAnyRank">Whether values have the ranks they are given; otherwise all have five axes.</param>
/// <param name="InterfaceRanks">Ranks of inputs and outputs of the model, as the description gives them.</param>
internal sealed record NetworkTraits(DetailReader Reader, bool IsOfAnyRank, IReadOnlyDictionary<string, int> InterfaceRanks)
{
    private const int FiveAxes = 5, AxesOfAnImage = 4;

    /// <summary>Ranks as a description gives them.</summary>
    /// <param name="description">The description.</param>
    /// <param name="arraysHaveFiveAxes">Whether arrays are mapped to five axes.</param>
    /// <param name="imagesHaveFiveAxes">Whether images are mapped to five axes.</param>
    public static Dictionary<string, int> RanksOf(ModelDescription description, bool arraysHaveFiveAxes, bool imagesHaveFiveAxes)
    {
        var ranks = new Dictionary<string, int>();
        foreach (FeatureDescription input in description.Input)
        {
            switch (input.Type?.TypeCase)
            {
                case FeatureType.TypeOneofCase.MultiArrayType:
                    ranks[input.Name] = arraysHaveFiveAxes ? FiveAxes : input.Type.MultiArrayType.Shape.Count;
                    break;
                case FeatureType.TypeOneofCase.ImageType:
                    ranks[input.Name] = imagesHaveFiveAxes ? FiveAxes : AxesOfAnImage;
                    break;
            }
        }

        foreach (FeatureDescription output in description.Output.Where(output => output.Type?.MultiArrayType is { Shape.Count: > 0 }))
        {
            ranks[output.Name] = output.Type.MultiArrayType.Shape.Count;
        }

        return ranks;
    }
}
