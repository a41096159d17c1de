using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Weights of hidden states: what they are multiplied with is the state before each step.</summary>
public sealed class HiddenStateTests : IDisposable
{
    // The same network with cells that are clipped, which ONNX has no operator for.
    private const string Clipped = "clipped " + Networks;

    private const string Networks = "nn_rnns/fp32.mlmodel", Lstms = "lstm_iOS18/fp32.mlpackage", GruAndRnn = "gru_rnn_iOS17/fp32.mlpackage";
    private const int Length = 7;

    private readonly TestFolder _folder = new();

    /// <summary>Each with the output that holds all states, where its direction begins there, and the input or the constant that holds the first state.</summary>
    [Theory]
    [InlineData(Networks, "rnn/recursionMatrix", "o1", 0, false, "rnn_h0")]
    [InlineData(Networks, "gru/updateGateRecursionMatrix", "o2", 0, false, "gru_h0")]
    [InlineData(Networks, "gru/resetGateRecursionMatrix", "o2", 0, false, "gru_h0")]
    [InlineData(Networks, "lstm_peep/weightParams.outputGateRecursionMatrix", "o3", 0, false, "l_h0")]
    [InlineData(Networks, "bilstm/weightParams[0].blockInputRecursionMatrix", "o4", 0, false, "bh0")]
    [InlineData(Networks, "bilstm/weightParams[1].forgetGateRecursionMatrix", "o4", 48, true, "bh0b")]
    [InlineData(Clipped, "lstm_peep/weightParams.outputGateRecursionMatrix", "o3", 0, false, "l_h0")]
    [InlineData(Clipped, "bilstm/weightParams[0].blockInputRecursionMatrix", "o4", 0, false, "bh0")]
    [InlineData(Clipped, "bilstm/weightParams[1].forgetGateRecursionMatrix", "o4", 48, true, "bh0b")]
    [InlineData(Lstms, "lstm_fwd_weight_hh_0", "lstm_fwd_0", 0, false, "lstm_fwd_initial_h_0")]
    [InlineData(Lstms, "lstm_bi_weight_hh_0", "lstm_bi_0", 0, false, null)]
    [InlineData(Lstms, "lstm_bi_weight_hh_back_0", "lstm_bi_0", 32, true, null)]
    public void Calibrate_WeightOfAHiddenState_MeetsTheStateBeforeEachStep(string model, string weight, string output, int first, bool isBackward, string? initial)
    {
        using ModelFile file = ModelFile.Open(PathOf(model));
        LayerStatistics layer = Of(Calibrate(file), weight);
        using IRunnableModel tapped = Repository.Runtime.Open(file.Path, new RunSettings { IntermediateValues = [output] });
        double[][] states = Samples(tapped.Features).SelectMany(sample =>
        {
            var values = (MultiArray)tapped.Run(sample).IntermediateValues[output]!;
            int steps = (int)values.Shape[0], width = values.Values.Length / steps;
            double[][] behind = Enumerable.Range(0, steps)
                .Select(step => Enumerable.Range(0, layer.Columns).Select(column => (double)((float[])values.Values)[(step * width) + first + column]).ToArray()).ToArray();
            float[] before = initial is null ? new float[layer.Columns]
                : sample.Values.TryGetValue(initial, out object? given) ? (float[])((MultiArray)given).Values
                : LayerOutputs.Decode(WeightSites.Find(file).Single(found => found.Site.Name == initial));
            return (isBackward ? behind.Skip(1) : behind.SkipLast(1)).Append(Array.ConvertAll(before, value => (double)value));
        }).ToArray();
        AssertSums(states, layer);
    }

    [Fact]
    public void Calibrate_SimpleRecurrentLayer_MeetsWhatTheRecurrenceGives()
    {
        using ModelFile file = ModelFile.Open(PathOf(Networks));
        CalibrationResult calibration = Calibrate(file);
        LayerStatistics layer = Of(calibration, "rnn/recursionMatrix"), inputs = Of(calibration, "rnn/weightMatrix");
        Dictionary<string, float[]> weights = WeightSites.Find(file).Where(weight => weight.Site.OpName == "rnn").ToDictionary(weight => weight.Site.Name, LayerOutputs.Decode);
        var states = new List<double[]>();
        var seen = new List<double[]>();
        foreach (RunSample sample in Samples(RunFeatures.Of(file)))
        {
            double[] x = ((Array)((MultiArray)sample.Values["x"]).Values).Cast<object>().Select(Convert.ToDouble).ToArray();
            double[] state = ((float[])((MultiArray)sample.Values["rnn_h0"]).Values).Select(value => (double)value).ToArray();
            for (int step = 0; step < Length; step++)
            {
                states.Add(state);
                seen.Add(x.Skip(step * 32).Take(32).ToArray());
                state = Enumerable.Range(0, 48).Select(row => Math.Tanh(
                    weights["rnn/biasVector"][row] + Product(weights["rnn/weightMatrix"], row, seen[^1]) + Product(weights["rnn/recursionMatrix"], row, state))).ToArray();
            }
        }

        AssertSums([.. states], layer);
        AssertSums([.. seen], inputs);
    }

    [Fact]
    public void Calibrate_WeightsOfTheGatesOfAGru_OneMeetsTheStateThatTheResetGateScales()
    {
        using ModelFile file = ModelFile.Open(PathOf(GruAndRnn));
        LayerStatistics layer = Of(Calibrate(file), "gru_weight_hh_0");
        Assert.Equal(3, layer.Groups);
        float[] weights = Weight("gru_weight_hh_0"), inputs = Weight("gru_weight_ih_0"), biases = Weight("gru_bias_0");
        double[][] states = Tapped(file, HiddenStateNames.Of("gru", isBackward: false), layer.Columns);

        // Gates are reset, output, update.
        double[][] scaled = Scaled(states, InputsOf(file, 48), inputs, weights, biases, sum => 1 / (1 + Math.Exp(-sum)));
        AssertSums(states, layer, group: 0);
        AssertSums(scaled, layer, group: 1);
        AssertSums(states, layer, group: 2);

        float[] Weight(string name) => LayerOutputs.Decode(WeightSites.Find(file).Single(found => found.Site.Name == name));
    }

    [Fact]
    public void Calibrate_CandidateOfAGruLayer_MeetsTheStateThatTheResetGateScales()
    {
        using ModelFile file = ModelFile.Open(PathOf(Networks));
        LayerStatistics layer = Of(Calibrate(file), "gru/outputGateRecursionMatrix");
        Dictionary<string, float[]> weights = WeightSites.Find(file).Where(weight => weight.Site.OpName == "gru").ToDictionary(weight => weight.Site.Name, LayerOutputs.Decode);
        double[][] states = Tapped(file, HiddenStateNames.Of("gru", isBackward: false), layer.Columns), inputs = Tapped(file, "o1", 48);

        // Its gates have the activation sigmoidHard.
        AssertSums(
            Scaled(
                states,
                inputs,
                weights["gru/resetGateWeightMatrix"],
                weights["gru/resetGateRecursionMatrix"],
                weights["gru/resetGateBiasVector"],
                sum => Math.Clamp((0.2 * sum) + 0.5, 0, 1)),
            layer);
    }

    [Fact]
    public void Open_WithoutHiddenStates_OffersNone()
    {
        using IRunnableModel model = Repository.Runtime.Open(Repository.Fixture(Lstms), new RunSettings()), with = Repository.Runtime.Open(Repository.Fixture(Lstms), new RunSettings { HasInnerValues = true });
        Assert.DoesNotContain(model.IntermediateValues, value => value.IsInner);
        Assert.Equal(
            ["lstm_fwd: hidden states", "lstm_bi: hidden states", "lstm_bi: hidden states, backward"], with.IntermediateValues.Where(value => value.IsInner).Select(value => value.Name));
        Assert.Equal(model.IntermediateValueNames, with.IntermediateValueNames);
    }

    private static CalibrationResult Calibrate(ModelFile file) => new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, new CalibrationOptions { WithGram = true });

    private static LayerStatistics Of(CalibrationResult result, string weight) => Assert.Single(result.Statistics.Layers, layer => layer.Weight.Name == weight);

    private static double Product(float[] matrix, int row, double[] vector) => vector.Select((value, column) => value * matrix[(row * vector.Length) + column]).Sum();

    private static void AssertSums(double[][] expected, LayerStatistics layer, int group = 0)
    {
        Assert.Equal(expected.Length, layer.RowCount);
        Assert.Equal(expected[0].Length, layer.Columns);
        for (int column = 0; column < layer.Columns; column++)
        {
            Assert.Equal(expected.Average(vector => vector[column]), layer.Means[(group * layer.Columns) + column], 1e-5);
            Assert.Equal(expected.Average(vector => vector[column] * vector[0]), layer.Gram!.Read()[(group * layer.Columns * layer.Columns) + column], 1e-5);
        }
    }

    // The vectors of a value, of all samples.
    private static double[][] Tapped(ModelFile file, string name, int width)
    {
        using IRunnableModel tapped = Repository.Runtime.Open(file.Path, new RunSettings { IntermediateValues = [name], HasInnerValues = true });
        return Samples(tapped.Features).SelectMany(sample => Rows((MultiArray)tapped.Run(sample).IntermediateValues[name]!, width)).ToArray();
    }

    private static double[][] InputsOf(ModelFile file, int width) => Samples(RunFeatures.Of(file)).SelectMany(sample => Rows((MultiArray)sample.Values["x"], width)).ToArray();

    private static IEnumerable<double[]> Rows(MultiArray values, int width) => values.Values.Cast<object>().Select(Convert.ToDouble).Chunk(width);

    private static double[][] Scaled(double[][] states, double[][] inputs, float[] inputWeights, float[] stateWeights, float[] biases, Func<double, double> gate) => states.Zip(inputs, (state, input) => state.Select((value, row) =>
        value * gate(biases[row] + Product(inputWeights, row, input) + Product(stateWeights, row, state))).ToArray()).ToArray();

    private static IEnumerable<RunSample> Samples(RunFeatures features) =>
        Repository.Runtime.DrawSamples(features, 3, 2).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });

    public void Dispose() => _folder.Dispose();

    // The network's input is one step; here it is a sequence.
    private string PathOf(string model)
    {
        if (model is not (Networks or Clipped))
        {
            return Repository.Fixture(model);
        }

        Model network = Model.Parser.ParseFrom(File.ReadAllBytes(Repository.Fixture(Networks)));
        foreach (NeuralNetworkLayer layer in network.NeuralNetwork.Layers.Where(layer => model == Clipped && layer.Name is ("lstm_peep" or "bilstm")))
        {
            (layer.UniDirectionalLSTM?.Params ?? layer.BiDirectionalLSTM.Params).CellClipThreshold = Length - 2;
        }

        ArrayFeatureType x = network.Description.Input.Single(input => input.Name == "x").Type.MultiArrayType, y = network.Description.Output[0].Type.MultiArrayType;
        x.Shape.Clear();
        x.Shape.Add([Length, 1, 32, 1, 1]);
        y.Shape.Clear();
        y.Shape.Add([Length, 1, 24, 1, 1]);
        return _folder.Write("sequence.mlmodel", network.ToByteArray());
    }
}
