using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Findings;
using Google.Protobuf;
using static CoreMLQuant.Tests.NeuralNetworks.NetworkModels;

namespace CoreMLQuant.Tests.Validation;

/// <summary>NeuralNetworks that break one rule each.</summary>
internal static class BrokenNetworks
{
    private const int Newest = 5;

    /// <summary>The rule, what is wrong, and how the network is written.</summary>
    public static IEnumerable<(ValidationRule Rule, string What, Func<ScratchFolder, string> Write)> All() =>
    [
        (ValidationRule.UnderstatedVersion, "FP16", Layers(1, InnerProduct("fc", Halves((Half)1)))),
        (ValidationRule.UnderstatedVersion, "quantized", Layers(2, InnerProduct("fc", Linear8(1)))),
        (ValidationRule.UnderstatedVersion, "loadConstantND", Layers(3, new NeuralNetworkLayer { Name = "c", LoadConstantND = new LoadConstantNDLayerParams { Shape = { 1 }, Data = Floats(1) } })),
        (ValidationRule.UnderstatedVersion, "int8", Layers(4, Dynamic(1))),
        (ValidationRule.MissingWeight, "weights", Layers(Newest, Embedding(new WeightParams(), null))),
        (ValidationRule.MissingWeight, "bias", Layers(Newest, Embedding(Floats(1), new WeightParams()))),
        (ValidationRule.EmptyWeight, "weights", Layers(Newest, InnerProduct("fc", new WeightParams()))),
        (ValidationRule.EmptyWeight, "bias", Layers(Newest, InnerProduct("fc", Floats(1), new WeightParams()))),
        (ValidationRule.EmptyWeight, "nothing says how", Layers(Newest, InnerProduct("fc", new WeightParams { RawValue = ByteString.CopyFrom(1) }))),
        (ValidationRule.MissingWeight, "variance", Layers(Newest, Batchnorm(Floats(1), null))),
        (ValidationRule.WeightCount, "bias of two", Layers(Newest, InnerProduct("fc", Floats(1), Floats(1, 2)))),
        (ValidationRule.ScaleCount, "three for two outputs", Layers(Newest, Scales(3))),
        (ValidationRule.ScaleCount, "grouped deconvolution", GroupedDeconvolution),
        (ValidationRule.ScaleCount, "vector", Layers(Newest, InnerProduct("fc", Floats(1, 2), Scaled(2, 2)).With(layer => (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (1, 2)))),
        (ValidationRule.MixedPrecision, "bias", Layers(Newest, InnerProduct("fc", Floats(1), Halves((Half)1)))),
        (ValidationRule.MixedPrecision, "batchnorm", Layers(Newest, Batchnorm(Floats(1), Halves((Half)1)))),
        (ValidationRule.WeightForm, "layerNormalization", Layers(Newest, LayerNormalization(Halves((Half)1), Halves((Half)1)))),
        (ValidationRule.WeightForm, "convolution3d", Layers(Newest, Convolution3D())),
        (ValidationRule.WeightForm, "scales of int8", Layers(Newest, Dynamic(2))),
        (ValidationRule.WeightForm, "int8 bias", Layers(Newest, InnerProduct("fc", Floats(1), Int8(1)))),
        (ValidationRule.QuantizedUpdatableWeight, "linear", scratch => TestFiles.Copy(TestFiles.Fixture("nn_updatable", "linear8.mlmodel"), scratch.Combine("u.mlmodel"))),
        (ValidationRule.RecurrentPrecision, "both directions", BothDirections),
        (ValidationRule.WeightCount, "of none", Edited(model => model.NeuralNetwork.Layers[0].InnerProduct.InputChannels = 0)),
        (ValidationRule.UndefinedLayerInput, "z", Edited(model => model.NeuralNetwork.Layers[0].Input[0] = "z")),
        (ValidationRule.EmptyNetwork, "no layers", Edited(model =>
        {
            // A network's output would be made by no layer; a classifier's label need not be.
            model.NeuralNetworkClassifier = new NeuralNetworkClassifier { StringClassLabels = new StringLabels { Vector = { "a" } }.ToByteString() };
            model.Description.Output[0].Type = new FeatureType { StringType = ByteString.Empty };
            model.Description.PredictedFeatureName = "y";
        })),
        (ValidationRule.UnknownLayer, "none", Edited(model => model.NeuralNetwork.Layers[0].ClearLayer())),
        (ValidationRule.LayerInputCount, "two", Edited(model => model.NeuralNetwork.Layers[0].Input.Add("x"))),
        (ValidationRule.LayerOutputCount, "two", Edited(model => model.NeuralNetwork.Layers[0].Output.Add("z"))),
        (ValidationRule.LayerSetting, "activation", Layers(Newest, new NeuralNetworkLayer { Name = "a", Activation = new ActivationParams() })),
        (ValidationRule.LayerSetting, "padding", Edited(model => model.NeuralNetwork.Layers[0].Convolution = new ConvolutionLayerParams
        {
            OutputChannels = 1,
            KernelChannels = 1,
            KernelSize = { 1, 1 },
            Weights = Floats(1),
        })),
        (ValidationRule.LayerSetting, "class name", Layers(Newest, new NeuralNetworkLayer { Name = "a", Custom = new CustomLayerParams() })),
        (ValidationRule.LayerRank, "embedding", scratch => BrokenModels.Edit(Layers(Newest, Embedding(Floats(1), null))(scratch), model => model.NeuralNetwork.ArrayInputShapeMapping = 1)),
        (ValidationRule.TensorRank, "inputTensor", Edited(model =>
        {
            model.NeuralNetwork.ArrayInputShapeMapping = 1;
            model.NeuralNetwork.Layers[0].InputTensor.Add(new TensorDetails { Rank = 1, DimValue = { 1, 1 } }.ToByteString());
        })),
        (ValidationRule.DuplicateLayerOutput, "y", scratch => BrokenModels.Edit(Write(scratch.Combine("net.mlmodel"), Newest, InnerProduct("a", Floats(1)), InnerProduct("b", Floats(1))), model =>
        {
            model.NeuralNetwork.Layers[0].Output[0] = "y";
            model.NeuralNetwork.Layers[1].Input[0] = "x";
        })),
        (ValidationRule.ShapeMapping, "five axes", scratch => Write(scratch.Combine("net.mlmodel"), Newest, LayerNormalization(Floats(1), Floats(1)))),
        (ValidationRule.InputRank, "2", Edited(model => model.Description.Input[0].Type.MultiArrayType.Shape.Add(1))),
        (ValidationRule.UnmadeOutput, "z", Edited(model => model.Description.Output[0].Name = "z")),
        (ValidationRule.UnmadeRegressorOutput, "z", Edited(model =>
        {
            model.NeuralNetworkRegressor = new NeuralNetworkRegressor { Layers = { model.NeuralNetwork.Layers } };
            model.Description.PredictedFeatureName = model.Description.Output[0].Name = "z";
        })),
        (ValidationRule.FeatureType, "a number", Edited(model => model.Description.Output[0].Type = new FeatureType { DoubleType = ByteString.Empty })),
        (ValidationRule.IgnoredFlexibility, "range", scratch => BrokenModels.Edit(Layers(1, InnerProduct("fc", Floats(1)))(scratch), model => model.Description.Input[0].Type.MultiArrayType.ShapeRange =
            new ArrayFeatureType.Types.ShapeRange { SizeRanges = { new SizeRange { LowerBound = 1, UpperBound = 9 } } })),
        (ValidationRule.ClassLabels, "none", Edited(model =>
        {
            model.NeuralNetworkClassifier = new NeuralNetworkClassifier { Layers = { model.NeuralNetwork.Layers } };
            model.Description.Output.Add(new FeatureDescription { Name = "label", Type = new FeatureType { StringType = ByteString.Empty } });
            model.Description.PredictedFeatureName = "label";
        })),
        (ValidationRule.InvalidUpdate, "no epochs", scratch => BrokenModels.Edit(TestFiles.Copy(TestFiles.Fixture("nn_updatable", "fp32.mlmodel"), scratch.Combine("u.mlmodel")), model =>
        {
            UpdateDetails update = UpdateDetails.Parser.ParseFrom(UpdateOf(model));
            update.Epochs = null;
            SetUpdate(model, update.ToByteString());
        })),
        (ValidationRule.InvalidUpdate, "no updatable layer", scratch => BrokenModels.Edit(TestFiles.Copy(TestFiles.Fixture("nn_updatable", "fp32.mlmodel"), scratch.Combine("u.mlmodel")), model =>
        {
            foreach (NeuralNetworkLayer layer in CoreMLQuant.NeuralNetworks.NetworkLayers.Of(model)!)
            {
                layer.IsUpdatable = false;
            }
        })),
        (ValidationRule.UnknownModelType, "in a pipeline", scratch => BrokenModels.Edit(
            TestFiles.Copy(TestFiles.Fixture("nn_pipeline", "fp32.mlmodel"), scratch.Combine("p.mlmodel")), model => model.Pipeline.Models[0].ClearType())),
        (ValidationRule.StageParameters, "tree", Edited(model => model.TreeEnsembleRegressor = new TreeEnsembleModelDetails { TreeEnsemble = new TreeEnsembleDetails { Nodes = { new TreeNodeDetails { NodeBehavior = 6 } }, NumPredictionDimensions = 1 } }.ToByteString())),
        (ValidationRule.StageParameters, "normalizer", Edited(model => model.Normalizer = new NormalizerDetails { NormType = 7 }.ToByteString())),
        (ValidationRule.StageParameters, "custom model", Edited(model => model.CustomModel = ByteString.Empty)),
        (ValidationRule.NotChecked, "64 MB", Edited(model => model.ArrayFeatureExtractor = ByteString.CopyFrom(new byte[(64 << 20) + 1]))),
    ];

    /// <summary>Two weights in one field.</summary>
    public static string TwoValueFields(ScratchFolder scratch)
    {
        WeightParams weights = Floats(1);
        NeuralNetworkLayer layer = InnerProduct("fc", weights);
        weights.Float16Value = ByteString.CopyFrom(0, 60);
        return Layers(Newest, layer)(scratch);
    }

    // Layers of version 4 and later take the ranks that their inputs have.
    private static Func<ScratchFolder, string> Layers(int version, NeuralNetworkLayer layer) => scratch => BrokenModels.Edit(Write(scratch.Combine("net.mlmodel"), version, layer.Clone()), model =>
    {
        bool isNew = layer.LoadConstantND is not null || layer.LayerNormalization is not null || layer.Convolution3D is not null || layer.InnerProduct is { Int8DynamicQuantize: true };
        model.NeuralNetwork.ArrayInputShapeMapping = isNew ? 1 : 0;
        if (layer.Convolution3D is not null)
        {
            model.Description.Input[0].Type.MultiArrayType.Shape.Add(new long[] { 1, 1, 1, 1 });
            model.Description.Output[0].Type.MultiArrayType.Shape.Add(new long[] { 1, 1, 1, 1 });
        }
    });

    private static Func<ScratchFolder, string> Edited(Action<Model> edit) => scratch => BrokenModels.Edit(Layers(Newest, InnerProduct("fc", Floats(1)))(scratch), edit);

    private static ByteString UpdateOf(Model model) => model.NeuralNetworkClassifier?.UpdateParams ?? model.NeuralNetworkRegressor?.UpdateParams ?? model.NeuralNetwork.UpdateParams;

    private static void SetUpdate(Model model, ByteString update)
    {
        if (model.NeuralNetworkClassifier is { } classifier)
        {
            classifier.UpdateParams = update;
        }
        else
        {
            model.NeuralNetwork.UpdateParams = update;
        }
    }

    private static NeuralNetworkLayer Embedding(WeightParams weights, WeightParams? bias) => new()
    {
        Name = "e",
        Embedding = new EmbeddingLayerParams { InputDim = 1, OutputChannels = 1, Weights = weights, HasBias = bias is not null, Bias = bias },
    };

    // Of the fixture's LSTM in both directions, one bias in FP16.
    private static string BothDirections(ScratchFolder scratch) =>
        BrokenModels.Edit(TestFiles.Copy(TestFiles.Fixture("nn_rnns", "fp32.mlmodel"), scratch.Combine("r.mlmodel")), model =>
        {
            LSTMWeightParams weights = model.NeuralNetwork.Layers.First(layer => layer.BiDirectionalLSTM is not null).BiDirectionalLSTM.WeightParams[0];
            model.SpecificationVersion = 2;
            weights.InputGateBiasVector = new WeightParams { Float16Value = ByteString.CopyFrom(new byte[weights.InputGateBiasVector.FloatValue.Length / 2]) };
        });

    private static NeuralNetworkLayer With(this NeuralNetworkLayer layer, Action<NeuralNetworkLayer> edit)
    {
        edit(layer);
        return layer;
    }

    // What coremltools makes of it: a scale for each channel of one group.
    private static string GroupedDeconvolution(ScratchFolder scratch) => Write(scratch.Combine("net.mlmodel"), Newest, new NeuralNetworkLayer
    {
        Name = "deconv",
        Convolution = new ConvolutionLayerParams
        {
            OutputChannels = 4,
            KernelChannels = 2,
            NGroups = 2,
            KernelSize = { 1, 1 },
            IsDeconvolution = true,
            Valid = ByteString.Empty,
            Weights = Scaled(4, 2),
        },
    });

    // Outputs by inputs: 2 by 1.
    private static NeuralNetworkLayer Scales(int count) => new()
    {
        Name = "fc",
        InnerProduct = new InnerProductLayerParams { InputChannels = 1, OutputChannels = 2, Weights = Scaled(2, count) },
    };

    private static WeightParams Scaled(int values, int scales)
    {
        WeightParams weights = Linear8(new byte[values]);
        float[] ones = new float[scales];
        Array.Fill(ones, 1f);
        weights.Quantization.LinearQuantization = new LinearQuantizationParams { Scale = Packed(ones) };
        return weights;
    }

    private static WeightParams Int8(int scales)
    {
        WeightParams weights = Scaled(1, scales);
        (weights.Int8RawValue, weights.RawValue) = (weights.RawValue, ByteString.Empty);
        return weights;
    }

    // Two outputs, so that two scales are right for them, and wrong for multiplying integers.
    private static NeuralNetworkLayer Dynamic(int scales)
    {
        WeightParams weights = Int8(scales);
        weights.Int8RawValue = ByteString.CopyFrom(1, 2);
        return new NeuralNetworkLayer
        {
            Name = "fc",
            InnerProduct = new InnerProductLayerParams { InputChannels = 1, OutputChannels = 2, Weights = weights, Int8DynamicQuantize = true },
        };
    }

    private static NeuralNetworkLayer Batchnorm(WeightParams mean, WeightParams? variance) => new()
    {
        Name = "bn",
        Batchnorm = new BatchnormLayerParams { Channels = 1, Gamma = Floats(1), Beta = Floats(1), Mean = mean, Variance = variance },
    };

    private static NeuralNetworkLayer LayerNormalization(WeightParams gamma, WeightParams beta) => new()
    {
        Name = "ln",
        LayerNormalization = new LayerNormalizationLayerParams { NormalizedShape = ByteString.CopyFrom(1), Gamma = gamma, Beta = beta },
    };

    private static NeuralNetworkLayer Convolution3D() => new()
    {
        Name = "conv",
        Convolution3D = new Convolution3DLayerParams
        {
            OutputChannels = 1,
            InputChannels = 1,
            NGroups = 1,
            KernelDepth = 1,
            KernelHeight = 1,
            KernelWidth = 1,
            StrideDepth = 1,
            StrideHeight = 1,
            StrideWidth = 1,
            DilationDepth = 1,
            DilationHeight = 1,
            DilationWidth = 1,
            Weights = Linear8(1),
        },
    };
}
