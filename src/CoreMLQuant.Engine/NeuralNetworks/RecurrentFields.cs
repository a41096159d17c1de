using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Which weights the recurrent layers have: matrices (outputs by inputs, outputs by outputs) and vectors (outputs).</summary>
internal static class RecurrentFields
{
    /// <summary>Weights of a simple recurrent layer.</summary>
    public static IEnumerable<WeightField?> Of(SimpleRecurrentLayerParams layer)
    {
        var size = new Size(layer.InputVectorSize, layer.OutputVectorSize);
        return
        [
            size.Weights("weightMatrix", layer.WeightMatrix),
            size.Recursion("recursionMatrix", layer.RecursionMatrix),
            size.Vector("biasVector", layer.BiasVector),
        ];
    }

    /// <summary>Weights of a gated recurrent unit.</summary>
    public static IEnumerable<WeightField?> Of(GRULayerParams layer)
    {
        var size = new Size(layer.InputVectorSize, layer.OutputVectorSize);
        return
        [
            size.Weights("updateGateWeightMatrix", layer.UpdateGateWeightMatrix),
            size.Weights("resetGateWeightMatrix", layer.ResetGateWeightMatrix),
            size.Weights("outputGateWeightMatrix", layer.OutputGateWeightMatrix),
            size.Recursion("updateGateRecursionMatrix", layer.UpdateGateRecursionMatrix),
            size.Recursion("resetGateRecursionMatrix", layer.ResetGateRecursionMatrix),
            size.Recursion("outputGateRecursionMatrix", layer.OutputGateRecursionMatrix),
            size.Vector("updateGateBiasVector", layer.UpdateGateBiasVector),
            size.Vector("resetGateBiasVector", layer.ResetGateBiasVector),
            size.Vector("outputGateBiasVector", layer.OutputGateBiasVector),
        ];
    }

    /// <summary>Weights of an LSTM.</summary>
    public static IEnumerable<WeightField?> Of(UniDirectionalLSTMLayerParams layer) =>
        Of(layer.WeightParams, "weightParams.", new Size(layer.InputVectorSize, layer.OutputVectorSize));

    /// <summary>Weights of an LSTM that runs both ways: those of the forward one first.</summary>
    public static IEnumerable<WeightField?> Of(BiDirectionalLSTMLayerParams layer)
    {
        var size = new Size(layer.InputVectorSize, layer.OutputVectorSize);
        return layer.WeightParams.SelectMany((weights, index) => Of(weights, $"weightParams[{index.ToString(CultureInfo.InvariantCulture)}].", size));
    }

    private static IEnumerable<WeightField?> Of(LSTMWeightParams? weights, string prefix, Size size) => weights is null ? [] :
    [
        size.Weights(prefix + "inputGateWeightMatrix", weights.InputGateWeightMatrix),
        size.Weights(prefix + "forgetGateWeightMatrix", weights.ForgetGateWeightMatrix),
        size.Weights(prefix + "blockInputWeightMatrix", weights.BlockInputWeightMatrix),
        size.Weights(prefix + "outputGateWeightMatrix", weights.OutputGateWeightMatrix),
        size.Recursion(prefix + "inputGateRecursionMatrix", weights.InputGateRecursionMatrix),
        size.Recursion(prefix + "forgetGateRecursionMatrix", weights.ForgetGateRecursionMatrix),
        size.Recursion(prefix + "blockInputRecursionMatrix", weights.BlockInputRecursionMatrix),
        size.Recursion(prefix + "outputGateRecursionMatrix", weights.OutputGateRecursionMatrix),
        size.Vector(prefix + "inputGateBiasVector", weights.InputGateBiasVector),
        size.Vector(prefix + "forgetGateBiasVector", weights.ForgetGateBiasVector),
        size.Vector(prefix + "blockInputBiasVector", weights.BlockInputBiasVector),
        size.Vector(prefix + "outputGateBiasVector", weights.OutputGateBiasVector),
        size.Vector(prefix + "inputGatePeepholeVector", weights.InputGatePeepholeVector),
        size.Vector(prefix + "forgetGatePeepholeVector", weights.ForgetGatePeepholeVector),
        size.Vector(prefix + "outputGatePeepholeVector", weights.OutputGatePeepholeVector),
    ];

    /// <summary>Sizes of a recurrent layer, and with them the shapes of its weights.</summary>
    private readonly record struct Size(ulong Inputs, ulong Outputs)
    {
        public WeightField? Weights(string name, WeightParams? field) => WeightField.Matrix(name, field, 0, Outputs, Outputs, Inputs);

        public WeightField? Recursion(string name, WeightParams? field) => WeightField.Matrix(name, field, 0, Outputs, Outputs, Outputs);

        public WeightField? Vector(string name, WeightParams? field) => WeightField.Vector(name, field, Outputs);
    }
}
