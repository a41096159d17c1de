using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Which weights a layer works with; others that stand in it are ignored. Source: Apple's validator of layers.</summary>
internal static class LayerWeights
{
    /// <summary>Names of the weight fields that a layer needs, as <see cref="NeuralNetworks.WeightField.Name"/> tells them.</summary>
    public static IEnumerable<string> Needed(NeuralNetworkLayer layer) => layer.LayerCase switch
    {
        // With a second input the weights come from there.
        LayerCase.Convolution => Affine(layer.Input.Count < 2, layer.Convolution.HasBias),
        LayerCase.BatchedMatmul => Affine(layer.Input.Count < 2, layer.BatchedMatmul.HasBias),
        LayerCase.Convolution3D => Affine(true, layer.Convolution3D.HasBias),
        LayerCase.InnerProduct => Affine(true, layer.InnerProduct.HasBias),
        LayerCase.Embedding => Affine(true, layer.Embedding.HasBias),
        LayerCase.EmbeddingND => Affine(true, layer.EmbeddingND.HasBias),
        LayerCase.Batchnorm => layer.Batchnorm.ComputeMeanVar ? ["gamma", "beta"] : ["gamma", "beta", "mean", "variance"],
        LayerCase.Scale => layer.Scale.HasBias ? ["scale", "bias"] : ["scale"],
        LayerCase.Bias => ["bias"],
        LayerCase.LoadConstant or LayerCase.LoadConstantND => ["data"],
        LayerCase.LayerNormalization => ["gamma", "beta"],
        LayerCase.Activation => layer.Activation.NonlinearityTypeCase switch
        {
            ActivationParams.NonlinearityTypeOneofCase.PReLU => ["PReLU.alpha"],
            ActivationParams.NonlinearityTypeOneofCase.ParametricSoftplus => ["parametricSoftplus.alpha", "parametricSoftplus.beta"],
            _ => [],
        },
        LayerCase.SimpleRecurrent => layer.SimpleRecurrent.HasBiasVector
            ? ["weightMatrix", "recursionMatrix", "biasVector"]
            : ["weightMatrix", "recursionMatrix"],
        LayerCase.Gru => Gates(["updateGate", "resetGate", "outputGate"], layer.Gru.HasBiasVectors),
        LayerCase.UniDirectionalLSTM => Lstm("weightParams.", layer.UniDirectionalLSTM.Params),
        LayerCase.BiDirectionalLSTM => Lstm("weightParams[0].", layer.BiDirectionalLSTM.Params).Concat(Lstm("weightParams[1].", layer.BiDirectionalLSTM.Params)),
        _ => [],
    };

    /// <summary>Whether nothing asks for a weight of a layer, although the layer cannot compute much without it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="field">The weight; <see langword="null"/> when it is not even set.</param>
    public static bool MayBeEmpty(NeuralNetworkLayer layer, NeuralNetworks.WeightField? field) =>
        layer.LayerCase is LayerCase.InnerProduct or LayerCase.BatchedMatmul or LayerCase.Activation
        || (layer.LayerCase == LayerCase.LayerNormalization && field is { ExpectedCount: 0 });

    /// <summary>Whether a weight holds nothing that has a meaning: no values, or integers that nothing says how to read.</summary>
    public static bool IsEmpty(WeightParams weight) =>
        weight.FloatValue.Length == 0
        && weight.Float16Value.Length == 0
        && (weight.Quantization is null ? weight.RawValue.Length == 0 || weight.Int8RawValue.Length == 0 : weight.RawValue.Length + weight.Int8RawValue.Length == 0);

    /// <summary>Whether a layer takes more weights than it needs: those of a custom layer mean what its implementation says.</summary>
    public static bool TakesAny(NeuralNetworkLayer layer) => layer.LayerCase == LayerCase.Custom;

    private static IEnumerable<string> Affine(bool hasWeights, bool hasBias)
    {
        if (hasWeights)
        {
            yield return "weights";
        }

        if (hasBias)
        {
            yield return "bias";
        }
    }

    private static IEnumerable<string> Lstm(string prefix, LSTMParams? settings)
    {
        IEnumerable<string> names = Gates(["inputGate", "forgetGate", "blockInput", "outputGate"], settings is { HasBiasVectors: true });
        if (settings is { HasPeepholeVectors: true })
        {
            names = names.Concat(["inputGatePeepholeVector", "forgetGatePeepholeVector", "outputGatePeepholeVector"]);
        }

        return names.Select(name => prefix + name);
    }

    private static IEnumerable<string> Gates(string[] gates, bool hasBias)
    {
        string[] kinds = hasBias ? ["WeightMatrix", "RecursionMatrix", "BiasVector"] : ["WeightMatrix", "RecursionMatrix"];
        return from kind in kinds from gate in gates select gate + kind;
    }
}
