using System.IO;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>Models of a few lines that have what no fixture has.</summary>
internal static class SmallModels
{
    /// <summary>An ML Program, <c>y = (a - b) * (a - b)</c>.</summary>
    public static string Subtraction(TestFolder folder)
    {
        const string Opset = "CoreML6";
        var body = new Block { Outputs = { "y" } };
        body.Operations.Add(SmallProgram.Operation("sub", "difference", ElementType.Float32, [3], ("x", "a"), ("y", "b")));
        body.Operations.Add(SmallProgram.Operation("mul", "y", ElementType.Float32, [3], ("x", "difference"), ("y", "difference")));
        var function = new Function { Opset = Opset };
        var model = new Model { SpecificationVersion = 7, Description = new ModelDescription { Output = { Array("y", 3) } }, MlProgram = new Program { Version = 1 } };
        foreach (string name in new[] { "a", "b" })
        {
            function.Inputs.Add(new NamedValueType { Name = name, Type = MilTypes.Tensor(ElementType.Float32, [3]) });
            model.Description.Input.Add(Array(name, 3));
        }

        function.BlockSpecializations[Opset] = body;
        model.MlProgram.Functions["main"] = function;
        return Package(folder, "subtraction", model);
    }

    /// <summary>An ML Program of one image-shaped array, <c>y = relu(x) + relu(x)</c>.</summary>
    public static string Planes(TestFolder folder)
    {
        const string Opset = "CoreML6";
        long[] shape = [1, 3, 2, 4];
        var body = new Block { Outputs = { "y" } };
        body.Operations.Add(SmallProgram.Operation("relu", "positive", ElementType.Float32, shape, ("x", "x")));
        body.Operations.Add(SmallProgram.Operation("add", "y", ElementType.Float32, shape, ("x", "positive"), ("y", "positive")));
        var function = new Function { Opset = Opset, Inputs = { new NamedValueType { Name = "x", Type = MilTypes.Tensor(ElementType.Float32, shape) } } };
        function.BlockSpecializations[Opset] = body;
        var model = new Model { SpecificationVersion = 7, Description = new ModelDescription { Input = { Array("x", shape) }, Output = { Array("y", shape) } }, MlProgram = new Program { Version = 1 } };
        model.MlProgram.Functions["main"] = function;
        return Package(folder, "planes", model);
    }

    /// <summary>A NeuralNetwork that takes an image, halves its values and takes away 1.</summary>
    public static string ScaledImage(TestFolder folder) => folder.Write("scaled.mlmodel", ScaledImage().ToByteArray());

    /// <summary>A NeuralNetwork with the description of a training that compares <c>y</c> with <c>wanted</c>.</summary>
    public static string Trained(TestFolder folder)
    {
        var update = new UpdateDetails { LossLayers = { new LossDetails { Name = "loss", MeanSquaredErrorLossLayer = new LossEndsDetails { Input = "y", Target = "wanted" } } } };
        var model = new Model
        {
            SpecificationVersion = 4,
            Description = new ModelDescription { Input = { Array("x", 3) }, Output = { Array("y", 3) }, TrainingInput = { Array("x", 3), Array("wanted", 3) } },
            NeuralNetwork = new NeuralNetwork { UpdateParams = update.ToByteString() },
        };
        model.NeuralNetwork.Layers.Add(new NeuralNetworkLayer { Name = "relu", Input = { "x" }, Output = { "y" }, Activation = new ActivationParams { ReLU = ByteString.Empty } });
        return folder.Write("trained.mlmodel", model.ToByteArray());
    }

    /// <summary>A pipeline: a network, and the suppression of boxes with thresholds as inputs.</summary>
    public static string Detector(TestFolder folder)
    {
        var network = new Model
        {
            SpecificationVersion = 3,
            Description = new ModelDescription { Input = { Image("image") }, Output = { Array("raw_confidence", 2, 2), Array("raw_coordinates", 2, 4) } },
            NeuralNetwork = new NeuralNetwork { ArrayInputShapeMapping = 1, ImageInputShapeMapping = 1 },
        };
        foreach (string output in new[] { "raw_confidence", "raw_coordinates" })
        {
            network.NeuralNetwork.Layers.Add(new NeuralNetworkLayer { Name = output, Input = { "image" }, Output = { output }, Activation = new ActivationParams { ReLU = ByteString.Empty } });
        }

        FeatureDescription iou = Optional("iouThreshold"), confidence = Optional("confidenceThreshold");
        var suppression = new Model
        {
            SpecificationVersion = 3,
            Description = new ModelDescription
            {
                Input = { Array("raw_confidence", 2, 2), Array("raw_coordinates", 2, 4), iou, confidence },
                Output = { Array("confidence", 2, 2), Array("coordinates", 2, 4) },
            },
            NonMaximumSuppression = new SuppressionDetails
            {
                IouThreshold = 0.5,
                ConfidenceThreshold = 0.25,
                StringClassLabels = new StringLabels { Vector = { "cat", "dog" } },
                ConfidenceInputFeatureName = "raw_confidence",
                CoordinatesInputFeatureName = "raw_coordinates",
                IouThresholdInputFeatureName = "iouThreshold",
                ConfidenceThresholdInputFeatureName = "confidenceThreshold",
                ConfidenceOutputFeatureName = "confidence",
                CoordinatesOutputFeatureName = "coordinates",
            }.ToByteString(),
        };
        return folder.Write("detector.mlmodel", new Model
        {
            SpecificationVersion = 3,
            Description = new ModelDescription { Input = { Image("image"), iou, confidence }, Output = { Array("confidence", 2, 2), Array("coordinates", 2, 4) } },
            Pipeline = new Pipeline { Models = { network, suppression }, Names = { "network", "suppression" } },
        }.ToByteArray());
    }

    /// <summary>Writes a package.</summary>
    public static string Package(TestFolder folder, string name, Model model)
    {
        string package = folder[name + ".mlpackage"];
        Directory.CreateDirectory(Path.Combine(package, "Data", "com.apple.CoreML", "weights"));
        File.Copy(Path.Combine(Repository.Fixture("convnet_iOS15/fp32.mlpackage"), "Manifest.json"), Path.Combine(package, "Manifest.json"));
        File.WriteAllBytes(Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel"), model.ToByteArray());
        return package;
    }

    /// <summary>An array of FP32.</summary>
    public static FeatureDescription Array(string name, params long[] shape) =>
        new() { Name = name, Type = new FeatureType { MultiArrayType = new ArrayFeatureType { DataType = ArrayDataType.Float32, Shape = { shape } } } };

    private static FeatureDescription Image(string name) =>
        new() { Name = name, Type = new FeatureType { ImageType = new ImageFeatureType { Width = 4, Height = 2, ColorSpace = ColorSpace.Rgb } } };

    private static FeatureDescription Optional(string name) => new() { Name = name, Type = new FeatureType { DoubleType = ByteString.Empty, IsOptional = true } };

    private static Model ScaledImage()
    {
        var network = new NeuralNetwork
        {
            Preprocessing = { new PreprocessingDetails { FeatureName = "image", Scaler = new ImageScalerDetails { ChannelScale = 0.5f, RedBias = -1, GreenBias = -1, BlueBias = -1 } }.ToByteString() },
        };
        network.Layers.Add(new NeuralNetworkLayer { Name = "relu", Input = { "image" }, Output = { "y" }, Activation = new ActivationParams { ReLU = ByteString.Empty } });
        return new Model
        {
            SpecificationVersion = 3,
            Description = new ModelDescription { Input = { Image("image") }, Output = { Array("y", 3, 2, 4) } },
            NeuralNetwork = network,
        };
    }
}
