using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>A layer as its rules see it.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Details">Its settings.</param>
/// <param name="Scope">What is known where it stands.</param>
internal sealed record LayerContext(NeuralNetworkLayer Layer, LayerDetails Details, NetworkScope Scope)
{
    /// <summary>The specification's name of the layer's kind; empty for one that is not known.</summary>
    public string Kind { get; } = MessageShape.LayerDetails.FieldName((int)Details.LayerCase);

    /// <summary>A layer with its settings read.</summary>
    /// <exception cref="Errors.CoreMLFormatException">The settings cannot be read.</exception>
    public static LayerContext Of(NeuralNetworkLayer layer, NetworkScope scope, string location)
    {
        // A layer with networks inside has no other settings that are asked for, and its bytes are those of all of them.
        bool isBranch = layer.LayerCase == NeuralNetworkLayer.LayerOneofCase.Branch, isLoop = layer.LayerCase == NeuralNetworkLayer.LayerOneofCase.Loop;
        NeuralNetworkLayer own = isBranch || isLoop ? new NeuralNetworkLayer { InputTensor = { layer.InputTensor }, OutputTensor = { layer.OutputTensor } } : layer;
        LayerDetails details = scope.Traits.Reader.Reread(own, LayerDetails.Parser, location);
        if (isBranch)
        {
            details.Branch = new NoDetails();
        }
        else if (isLoop)
        {
            details.Loop = new NoDetails();
        }

        return new LayerContext(layer, details, scope);
    }

    /// <summary>Number of inputs.</summary>
    public int Inputs => Layer.Input.Count;

    /// <summary>Number of outputs.</summary>
    public int Outputs => Layer.Output.Count;

    /// <summary>The rank that the layer itself gives for its first input; <see langword="null"/> when it gives none.</summary>
    public int? StatedInputRank => RankOf(Details.InputTensor, 0);

    /// <summary>The rank that the layer itself gives for its first output; <see langword="null"/> when it gives none.</summary>
    public int? StatedOutputRank => RankOf(Details.OutputTensor, 0);

    /// <summary>The rank that is known of an input; <see langword="null"/> when there is no such input or its rank is not known.</summary>
    public int? InputRank(int index) => index < Inputs ? Scope.RankOf(Layer.Input[index]) : null;

    /// <summary>The rank that is known of an output; <see langword="null"/> when there is no such output or its rank is not known.</summary>
    public int? OutputRank(int index) => index < Outputs ? Scope.RankOf(Layer.Output[index]) : null;

    /// <summary>The rank that the layer itself gives for an input.</summary>
    public int? StatedRankOfInput(int index) => RankOf(Details.InputTensor, index);

    /// <summary>The sentences of requirements that are not met.</summary>
    /// <param name="requirements">What is asked, and the sentence to say when it is not so.</param>
    public static IEnumerable<string> Unmet(params (bool Holds, string Otherwise)[] requirements) =>
        requirements.Where(requirement => !requirement.Holds).Select(requirement => requirement.Otherwise);

    private static int? RankOf(IReadOnlyList<TensorDetails> tensors, int index) => index < tensors.Count ? unchecked((int)tensors[index].Rank) : null;
}
