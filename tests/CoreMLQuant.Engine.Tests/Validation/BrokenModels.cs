using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Validation.Findings;
using static CoreMLQuant.Tests.Mil.ConstexprPrograms;

using CoreMLQuant.Tests.Specification.Compiled;

namespace CoreMLQuant.Tests.Validation;

/// <summary>Models that break one rule each. The same model with nothing broken has no findings.</summary>
internal static class BrokenModels
{
    /// <summary>Writes each broken model into a folder and gives its path, by the rule that it breaks and what is wrong.</summary>
    public static readonly IReadOnlyList<(string Rule, string What, Func<ScratchFolder, string> Write)> All =
    [
        .. Files().Select(model => (model.Rule.ToString(), model.What, model.Write)),
        .. Descriptions().Concat(Programs()).Concat(Constants()).Concat(BrokenNetworks.All()).Select(model => (model.Rule.ToString(), model.What, model.Write)),
    ];

    /// <summary>A program of one operation.</summary>
    public static MilModelBuilder Relu(int opset = 6) => new MilModelBuilder(opset).Input("x").Op("relu", "y", ("x", "x")).Output("y");

    /// <summary>A program that adds a constant made by these operations, <c>w</c>, to its input.</summary>
    public static MilModelBuilder Add(int opset, params Operation[] operations)
    {
        MilModelBuilder builder = new MilModelBuilder(opset).Input("x");
        builder.Body.Operations.AddRange(operations);
        return builder.Op("add", "y", ("x", "x"), ("y", "w")).Output("y");
    }

    /// <summary>A program of one operation, and constants that nothing uses.</summary>
    private static MilModelBuilder Unused(int opset, params Operation[] operations)
    {
        MilModelBuilder builder = Relu(opset);
        builder.Body.Operations.AddRange(operations);
        return builder;
    }

    /// <summary>Changes the specification of a model on disk.</summary>
    public static string Edit(string path, Action<Model> edit)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "Data", "com.apple.CoreML", "model.mlmodel") : path;
        NeuralNetworks.NetworkModels.Edit(file, file, edit);
        return path;
    }

    private static IEnumerable<(FormatRule Rule, string What, Func<ScratchFolder, string> Write)> Files() =>
    [
        (FormatRule.ModelNotFound, "nothing", scratch => scratch.Combine("nothing.mlmodel")),
        (FormatRule.NotAModel, "text", scratch => Text(scratch.Combine("a.mlmodel"), "a text about models")),
        (FormatRule.GitLfsPointer, "pointer", scratch => Text(scratch.Combine("a.mlmodel"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n")),
        (FormatRule.CompiledModel, "compiled", scratch => Directory.CreateDirectory(scratch.Combine("a.mlmodelc")).FullName),
        (FormatRule.CompiledNeuralNetwork, "compiled network", scratch =>
        {
            Directory.CreateDirectory(scratch.Combine("a.mlmodelc"));
            File.WriteAllText(scratch.Combine("a.mlmodelc", "coremldata.bin"), "not looked at");
            return Path.GetDirectoryName(Text(scratch.Combine("a.mlmodelc", "model.espresso.net"), "{}"))!;
        }),
        (FormatRule.MalformedProgramText, "no parenthesis", scratch => Program(scratch, text => text.Replace("func main<ios16>(", "func main<ios16>"))),
        (FormatRule.TruncatedProgramText, "half a text", scratch => Program(scratch, text => text.Substring(0, text.Length / 2))),
        (FormatRule.UnknownProgramVersion, "newer version", scratch => Program(scratch, text => text.Replace("program(1.0)", "program(2.0)"))),
        (FormatRule.EncryptedModel, "encrypted", scratch => Directory.CreateDirectory(scratch.Combine("a.mlmodelc", "encryptionInfo")).Parent!.FullName),
        (FormatRule.InvalidManifest, "no JSON", scratch => Manifest(scratch, "no JSON")),
        (FormatRule.PathOutsidePackage, "path", scratch => Manifest(scratch, text => text.Replace("com.apple.CoreML/model.mlmodel", "../model.mlmodel"))),
        (FormatRule.BrokenLink, "circle", scratch => File.CreateSymbolicLink(scratch.Combine("a.mlmodel"), "a.mlmodel").FullName),
        (FormatRule.NotRegularFile, "link to its folder", scratch =>
        {
            string package = TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), scratch.Combine("a.mlpackage"));
            Directory.CreateSymbolicLink(Path.Combine(package, "again"), ".");
            return package;
        }),
        (FormatRule.MissingPackageItem, "item", scratch => Manifest(scratch, text => text.Replace("model.mlmodel\",\"name", "other.mlmodel\",\"name"))),
        (FormatRule.TruncatedSpecification, "half", scratch =>
        {
            byte[] bytes = File.ReadAllBytes(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"));
            return Bytes(scratch.Combine("a.mlmodel"), bytes.Take(bytes.Length / 2).ToArray());
        }),
        (FormatRule.MalformedSpecification, "wire type 7", scratch => Bytes(scratch.Combine("a.mlmodel"), [0x08, 0x06, 0x0F])),
        (FormatRule.NestingTooDeep, "pipelines", scratch => Bytes(scratch.Combine("a.mlmodel"), [0x08, 0x06, .. Nested(300)])),
        (FormatRule.TooLarge, "2 GB", scratch =>
        {
            using FileStream file = File.Create(scratch.Combine("a.mlmodel"));
            file.WriteByte(0x08);
            file.SetLength(int.MaxValue + 1L);
            return file.Name;
        }),
        (FormatRule.NoModelType, "no type", scratch => Bytes(scratch.Combine("a.mlmodel"), [0x08, 0x06, 0x12, 0x00])),
        (FormatRule.MissingWeightFile, "no file", scratch => new BlobPackage(scratch).Without()),
        (FormatRule.TruncatedWeightFile, "length", scratch => new BlobPackage(scratch).Patch(64 + 8, 1 << 20)),
        (FormatRule.InvalidWeightFileHeader, "version", scratch => new BlobPackage(scratch).Patch(4, 3)),
        (FormatRule.InvalidBlobSentinel, "sentinel", scratch => new BlobPackage(scratch).Patch(64, 1)),
        (FormatRule.InvalidBlobOffset, "data", scratch => new BlobPackage(scratch).Patch(64 + 16, 129)),
        (FormatRule.BlobTypeMismatch, "type", scratch => new BlobPackage(scratch).Patch(64 + 4, 14)),
        (FormatRule.WeightSizeMismatch, "length", scratch => new BlobPackage(scratch).Patch(64 + 8, 60)),
        (FormatRule.InvalidWeight, "two value fields", BrokenNetworks.TwoValueFields),
        (FormatRule.InvalidConstexpr, "scales", scratch => Add(8, ShiftScale([4], Tensor(DataType.Float32, [3], 1, 1, 1))).Write(scratch)),
        (FormatRule.InvalidConstexpr, "unknown kind", scratch => Add(8, Constexpr("frobnicate", [("w", DataType.Float32, [4])], ("data", Tensor(DataType.Int8, [4], 1, 2, 3, 4)))).Write(scratch)),
        (FormatRule.InvalidConstexpr, "unknown kind as a part", scratch => Add(
            8,
            Constexpr("frobnicate", [("d", DataType.Int8, [4])], ("data", Tensor(DataType.Int8, [4], 1, 2, 3, 4))),
            Constexpr("blockwise_shift_scale", [("w", DataType.Float32, [4])], ("data", "d"), ("scale", Tensor(DataType.Float32, [1], 1)))).Write(scratch)),
        (FormatRule.InvalidConstexpr, "declared type", scratch => Add(8, Constexpr(
            "blockwise_shift_scale",
            [("w", DataType.Float32, [4])],
            ("data", Tensor(DataType.Int8, [4], 1, 2, 3, 4)),
            ("scale", Tensor(DataType.Float16, [1], 1)))).Write(scratch)),
    ];

    private static IEnumerable<(ValidationRule Rule, string What, Func<ScratchFolder, string> Write)> Descriptions() =>
    [
        (ValidationRule.IncompleteManifestItem, "author", scratch => Manifest(scratch, text => text.Replace("\"author\":\"com.apple.CoreML\",", string.Empty))),
        (ValidationRule.NewerManifest, "1.1.0", scratch => Manifest(scratch, text => text.Replace("1.0.0", "1.1.0"))),
        (ValidationRule.InvalidVersion, "0", scratch => Edited(scratch, model => model.SpecificationVersion = 0)),
        (ValidationRule.NewerVersion, "99", scratch => Edited(scratch, model => model.SpecificationVersion = 99)),
        (ValidationRule.VersionTooOld, "opset", scratch => Edited(scratch, model => model.SpecificationVersion = 6)),
        (ValidationRule.VersionTooOld, "FP16 array", scratch => new MilModelBuilder(5).Input("x", DataType.Float16).Op("relu", "y", DataType.Float16, ("x", "x")).Output("y", DataType.Float16).Write(scratch)),
        (ValidationRule.VersionTooOld, "no inputs", scratch => new MilModelBuilder(6).Const("c", 1, 2, 3, 4).Op("relu", "y", ("x", "c")).Output("y").Write(scratch)),
        (ValidationRule.VersionTooOld, "4 bits", scratch => Relu(7).Const("c", Tensor(DataType.Int4, [4], 1, 2, 3, 4)).Write(scratch)),
        (ValidationRule.InvalidFeature, "no type", scratch => Edited(scratch, model => model.Description.Output[0].Type = null)),
        (ValidationRule.InvalidFeature, "negative shape", scratch => Edited(scratch, model => model.Description.Input[0].Type.MultiArrayType.Shape[0] = -1)),
        (ValidationRule.InvalidFeature, "type of elements", scratch => Edited(scratch, model => model.Description.Input[0].Type.MultiArrayType.DataType = 0)),
        (ValidationRule.InvalidFeature, "default shape", scratch => Edited(scratch, model => model.Description.Input[0].Type.MultiArrayType.ShapeRange =
            new ArrayFeatureType.Types.ShapeRange { SizeRanges = { new SizeRange { LowerBound = 5, UpperBound = -1 } } })),
        (ValidationRule.InvalidFeature, "listed shapes", scratch => Edited(scratch, model => model.Description.Input[0].Type.MultiArrayType.EnumeratedShapes =
            new ArrayFeatureType.Types.EnumeratedShapes { Shapes = { new ArrayFeatureType.Types.Shape { Shape_ = { 5 } } } })),
        (ValidationRule.InvalidFeature, "image", scratch => Edited(scratch, model => model.Description.Input[0].Type = new FeatureType { ImageType = new ImageFeatureType { Width = 4, Height = 4 } })),
        (ValidationRule.InvalidFeature, "optional output", scratch => Edited(scratch, model => model.Description.Output[0].Type.IsOptional = true)),
        (ValidationRule.InvalidFeature, "state of FP32", scratch =>
        {
            var state = new FeatureType { StateType = new StateFeatureType { ArrayType = new ArrayFeatureType { Shape = { 4 }, DataType = ArrayFeatureType.Types.ArrayDataType.Float32 } } };
            return Edit(Relu(8).Write(scratch), model => model.Description.Input[0].Type = state);
        }),
        (ValidationRule.InvalidDescription, "all optional", scratch => Edited(scratch, model => model.Description.Input[0].Type.IsOptional = true)),
        (ValidationRule.UnknownPrediction, "z", scratch => Edited(scratch, model => model.Description.PredictedFeatureName = "z")),
        (ValidationRule.DuplicateFeature, "x", scratch => Edited(scratch, model => model.Description.Input.Add(model.Description.Input[0]))),
        (ValidationRule.InvalidDescription, "default function", scratch => Edit(Relu(8).Write(scratch), model => Describe(model).DefaultFunctionName = "other")),
        (ValidationRule.InvalidDescription, "features twice", scratch => Edit(Relu(8).Write(scratch), model => Describe(model).Input.Add(model.Description.Functions[0].Input[0]))),
        (ValidationRule.InvalidPipeline, "type", scratch => Pipeline(scratch, model => model.Pipeline.Models[0].Description.Output[0].Type.MultiArrayType.DataType = ArrayFeatureType.Types.ArrayDataType.Int32)),
        (ValidationRule.InvalidPipeline, "name", scratch => Pipeline(scratch, model => model.Description.Output[0].Name = "elsewhere")),
        (ValidationRule.InvalidPipeline, "no stages", scratch => Edited(scratch, model => model.Pipeline = new Pipeline())),
        (ValidationRule.InvalidPipeline, "names", scratch => Pipeline(scratch, model => model.Pipeline.Names.Add("one too many"))),
        (ValidationRule.InvalidPipeline, "updatable", scratch => Edit(TestFiles.Copy(TestFiles.Fixture("nn_updatable", "fp32.mlmodel"), scratch.Combine("pipeline.mlmodel")), model =>
        {
            model.Pipeline = new Pipeline { Models = { model.Clone() } };
            model.IsUpdatable = false;
        })),
        (ValidationRule.InterfaceMismatch, "input", scratch => Edited(scratch, model => model.Description.Input[0].Name = "z")),
        (ValidationRule.InterfaceMismatch, "output", scratch => Edited(scratch, model => model.Description.Output[0].Name = "z")),
        (ValidationRule.InterfaceMismatch, "type", scratch => Edited(scratch, model => model.Description.Input[0].Type.MultiArrayType.DataType = ArrayFeatureType.Types.ArrayDataType.Int32)),
        (ValidationRule.InterfaceMismatch, "function", scratch => Edit(Relu(8).Write(scratch), model => model.MlProgram.Functions.Add("other", Describe(model, model.MlProgram.Functions["main"].Clone())))),
    ];

    private static IEnumerable<(ValidationRule Rule, string What, Func<ScratchFolder, string> Write)> Programs() =>
    [
        (ValidationRule.MissingBody, "other opset", scratch => Edited(scratch, model => model.MlProgram.Functions["main"].Opset = "CoreML5")),
        (ValidationRule.InvalidProgramVersion, "7", scratch => Edited(scratch, model => model.MlProgram.Version = 7)),
        (ValidationRule.InvalidType, "rank", scratch => Edited(scratch, model => Body(model).Operations[0].Outputs[0].Type.TensorType.Rank = 5)),
        (ValidationRule.InvalidType, "type of elements", scratch => Edited(scratch, model => Body(model).Operations[0].Outputs[0].Type.TensorType.DataType = DataType.UnusedType)),
        (ValidationRule.InvalidType, "none", scratch => Edited(scratch, model => Body(model).Operations[0].Outputs[0].Type = null)),
        (ValidationRule.IncompleteEntry, "argument", scratch => Edit(Relu().Op("relu", "z", ("x", "x")).Write(scratch), model => Body(model).Operations[1].InputEntries[0].Value.Arguments[0].ClearBinding())),
        (ValidationRule.IncompleteEntry, "attribute without value", scratch => Edited(scratch, model => Body(model).Operations[0].AttributeEntries.Add(new AttributeEntry { Key = "a" }))),
        (ValidationRule.IncompleteEntry, "attribute without key", scratch => Edited(scratch, model => model.MlProgram.Attributes.Add(string.Empty, MilTypes.Text("a")))),
        (ValidationRule.IncompleteEntry, "no type", scratch => Edit(Relu().Op("relu", "z", ("x", "x")).Write(scratch), model => Body(model).Operations[1].Type = string.Empty)),
        (ValidationRule.IncompleteDictionary, "no key", scratch => Edited(scratch, model => model.MlProgram.Attributes.Add("buildInfo", new Value
        {
            Type = MilTypes.Text("a").Type,
            ImmediateValue = new Value.Types.ImmediateValue
            {
                Dictionary = new DictionaryValue { Values = { new DictionaryValue.Types.KeyValuePair { Value = MilTypes.Text("a") } } },
            },
        }))),
        (ValidationRule.UnknownOpset, "CoreML99", scratch => Edited(scratch, model =>
        {
            Function function = model.MlProgram.Functions["main"];
            function.BlockSpecializations.Add("CoreML99", function.BlockSpecializations[function.Opset]);
            function.BlockSpecializations.Remove(function.Opset);
            function.Opset = "CoreML99";
        })),
        (ValidationRule.UndefinedValue, "operand", scratch => Relu().Op("relu", "z", ("x", "nothing")).Write(scratch)),
        (ValidationRule.UndefinedValue, "used before", scratch => new MilModelBuilder(6).Input("x").Op("relu", "y", ("x", "z")).Op("relu", "z", ("x", "x")).Output("y").Write(scratch)),
        (ValidationRule.UndefinedValue, "output", scratch => Edited(scratch, model => model.MlProgram.Functions["main"].BlockSpecializations["CoreML6"].Outputs.Add("z"))),
        (ValidationRule.DuplicateValue, "y", scratch => Relu().Op("sigmoid", "y", ("x", "x")).Write(scratch)),
        (ValidationRule.UnknownOperation, "frobnicate", scratch => Relu().Op("frobnicate", "z", ("x", "x")).Write(scratch)),
        (ValidationRule.CustomOperation, "custom_layer", scratch => Relu().Op("custom_layer", "z", ("x", "x")).Write(scratch)),
        (ValidationRule.OperationNotInOpset, "iOS 16", scratch => Relu(5).Op("fill_like", "z", ("ref_tensor", "x")).Write(scratch)),
        (ValidationRule.OperationNotInOpset, "iOS 18", scratch => Relu(7).Op("scaled_dot_product_attention", "z", ("query", "x"), ("key", "x"), ("value", "x")).Write(scratch)),
        (ValidationRule.MissingParameter, "y of add", scratch => Relu().Op("add", "z", ("x", "x")).Write(scratch)),
        (ValidationRule.UnknownParameter, "alpha of relu", scratch => Relu().Const("c", 1).Op("relu", "z", ("x", "x"), ("alpha", "c")).Write(scratch)),
        (ValidationRule.UnknownParameter, "shape from CoreML8 on", scratch => Add(8, Constexpr(
            "lut_to_dense",
            [("w", DataType.Float32, [4])],
            ("indices", Tensor(DataType.Uint8, [1], 5)),
            ("lut", Tensor(DataType.Float32, [2], 1, 2)),
            ("shape", Tensor(DataType.Uint32, [1], 4)))).Write(scratch)),
        (ValidationRule.ParameterType, "int32 relu", scratch => new MilModelBuilder(6).Input("x", DataType.Int32).Op("relu", "y", DataType.Int32, ("x", "x")).Output("y", DataType.Int32).Write(scratch)),
        (ValidationRule.ParameterType, "FP32 and FP16", scratch => Add(6, ConstOf("w", Tensor(DataType.Float16, [4], 1, 2, 3, 4))).Write(scratch)),
        (ValidationRule.OperandShape, "four and three", scratch => Relu().Const("c", 1, 2, 3).Op("add", "z", ("x", "x"), ("y", "c")).Write(scratch)),
        (ValidationRule.OperandShape, "setting", scratch => Relu().Text("c", "float").Op("cast", "z", ("x", "x"), ("dtype", "c")).Write(scratch)),
        (ValidationRule.OutputType, "shape", scratch => Edited(scratch, model => Body(model).Operations[0].Outputs[0].Type = MilModelBuilder.Tensor(DataType.Float32, 3))),
        (ValidationRule.OutputType, "type of elements", scratch => Relu().Op("equal", "z", ("x", "x"), ("y", "x")).Write(scratch)),
        (ValidationRule.OutputType, "one output too many", scratch => Edit(Relu().Op("relu", "z", ("x", "x")).Write(scratch), model =>
            Body(model).Operations[1].Outputs.Add(new NamedValueType { Name = "more", Type = MilModelBuilder.Tensor(DataType.Float32, 4) }))),
        (ValidationRule.ParameterNotConstant, "weight of linear", scratch => Relu().Op("linear", "z", ("x", "x"), ("weight", "y")).Write(scratch)),
    ];

    private static IEnumerable<(ValidationRule Rule, string What, Func<ScratchFolder, string> Write)> Constants() =>
    [
        (ValidationRule.ConstantType, "type", scratch => Add(6, Declared(ConstOf("w", Tensor(DataType.Int32, [4], 1, 2, 3, 4)), DataType.Float32, 4)).Write(scratch)),
        (ValidationRule.ConstantType, "shape", scratch => Unused(6, Declared(ConstOf("w", Tensor(DataType.Float32, [4], 1, 2, 3, 4)), DataType.Float32, 2, 2)).Write(scratch)),
        (ValidationRule.ConstantType, "count", scratch => Relu().Const("c", Tensor(DataType.Int32, [3], 1, 2)).Write(scratch)),
        (ValidationRule.ConstantType, "no value", scratch => Edit(Relu().Const("c", 1).Write(scratch), model => Body(model).Operations[1].Attributes["val"].ClearValue())),
        (ValidationRule.ConstantType, "text as number", scratch => Edit(Relu().Const("c", Tensor(DataType.Int32, [1], 1)).Write(scratch), model =>
            Body(model).Operations[1].Attributes["val"].ImmediateValue.Tensor = MilTypes.Text("a").ImmediateValue.Tensor)),
        (ValidationRule.CompressedOutput, "w", scratch => Add(8, ShiftScale([4], Tensor(DataType.Float32, [1], 1))).Output("w").Write(scratch)),
        (ValidationRule.OverlappingBlobs, "data over its own record", scratch => new BlobPackage(scratch).Patch(192 + 16, 192)),
        (ValidationRule.OverlappingBlobs, "data over other data", scratch => new BlobPackage(scratch).Patch(192 + 16, 64)),
        (ValidationRule.BlobCount, "header", scratch => new BlobPackage(scratch).Patch(0, 7)),
        (ValidationRule.UnreferencedBlob, "third", scratch => new BlobPackage(scratch, unused: 1).Path),
        (ValidationRule.NonFiniteValues, "blob", scratch => new BlobPackage(scratch).Patch(128 + 12, unchecked((int)0xFFC00000))),
        (ValidationRule.NonFiniteValues, "table", scratch => Add(8, Constexpr(
            "lut_to_dense",
            [("w", DataType.Float32, [4])],
            ("indices", Tensor(DataType.Uint4, [4], 1, 2, 3, 4)),
            ("lut", Tensor(DataType.Float32, [1, 16, 1], [.. new double[15], double.NegativeInfinity])))).Write(scratch)),
        (ValidationRule.ZeroScale, "one of four", scratch => Add(8, ShiftScale([4], Tensor(DataType.Float32, [4], 1, 0, 1, 1))).Write(scratch)),
        (ValidationRule.ZeroScale, "as constant", scratch => Add(
            8,
            ConstOf("s", Tensor(DataType.Float32, [1], 0)),
            Constexpr("blockwise_shift_scale", [("w", DataType.Float32, [4])], ("data", Tensor(DataType.Int8, [4], 1, 2, 3, 4)), ("scale", "s"))).Write(scratch)),
        (ValidationRule.PerBlockQuantization, "halves", scratch => Unused(8, ShiftScale([2, 2], Tensor(DataType.Float32, [2, 2], 1, 1, 1, 1))).Write(scratch)),
        (ValidationRule.PerBlockQuantization, "two of four", scratch => Add(8, ShiftScale([4], Tensor(DataType.Float32, [2], 1, 1))).Write(scratch)),
        (ValidationRule.PerChannelScaleNest, "scales over tables", scratch => Add(
            8,
            Palette("p", DataType.Float32, Tensor(DataType.Float32, [1, 2, 1], 1, 2)),
            Constexpr("blockwise_shift_scale", [("w", DataType.Float32, [4])], ("data", "p"), ("scale", Tensor(DataType.Float32, [4], 1, 2, 3, 4)))).Write(scratch)),
        (ValidationRule.PerChannelScaleNest, "a scaled table", scratch => Add(
            8,
            Constexpr("blockwise_shift_scale", [("t", DataType.Float32, [4, 2, 1])], ("data", Tensor(DataType.Float32, [4, 2, 1], 1, 2, 3, 4, 5, 6, 7, 8)), ("scale", Tensor(DataType.Float32, [4, 1, 1], 1, 2, 3, 4))),
            Palette("w", DataType.Float32, "t")).Write(scratch)),
    ];

    /// <summary>A constant.</summary>
    private static Operation ConstOf(string name, Value value) => new MilModelBuilder(6).Const(name, value).Body.Operations.Single();

    private static Operation Declared(Operation constant, DataType type, params long[] shape)
    {
        constant.Outputs[0].Type = MilModelBuilder.Tensor(type, shape);
        return constant;
    }

    private static Operation ShiftScale(long[] shape, Value scale) => Constexpr(
        "blockwise_shift_scale", [("w", DataType.Float32, shape)], ("data", Tensor(DataType.Int8, shape, 1, 2, 3, 4)), ("scale", scale));

    private static Operation Palette(string name, DataType type, object table) => Constexpr(
        "lut_to_dense", [(name, type, [4])], ("indices", Tensor(DataType.Uint1, [4], 0, 1, 0, 1)), ("lut", table));

    private static Block Body(Model model) => model.MlProgram.Functions["main"].BlockSpecializations.Values.Single();

    private static string Edited(ScratchFolder scratch, Action<Model> edit) => Edit(Relu().Write(scratch), edit);

    private static string Pipeline(ScratchFolder scratch, Action<Model> edit) =>
        Edit(TestFiles.Copy(TestFiles.Fixture("nn_pipeline", "fp32.mlmodel"), scratch.Combine("pipeline.mlmodel")), edit);

    /// <summary>Describes the function instead of the model.</summary>
    private static ModelDescription Describe(Model model)
    {
        ModelDescription description = model.Description;
        var function = new FunctionDescription { Name = "main", Input = { description.Input }, Output = { description.Output } };
        return model.Description = new ModelDescription { Functions = { function }, DefaultFunctionName = "main" };
    }

    private static Function Describe(Model model, Function function)
    {
        Describe(model);
        return function;
    }

    private static string Manifest(ScratchFolder scratch, string text) => Manifest(scratch, _ => text);

    private static string Manifest(ScratchFolder scratch, Func<string, string> edit)
    {
        string package = Relu().Write(scratch);
        string manifest = Path.Combine(package, "Manifest.json");
        string before = File.ReadAllText(manifest), after = edit(before);
        Xunit.Assert.NotEqual(before, after);
        File.WriteAllText(manifest, after);
        return package;
    }

    private static string Program(ScratchFolder scratch, Func<string, string> edit)
    {
        string compiled = CompiledModels.Compile(TestFiles.Fixture("image_classifier_str", "fp16.mlpackage"), scratch.Combine("a.mlmodelc"));
        string path = Path.Combine(compiled, "model.mil"), text = File.ReadAllText(path);
        Text(path, edit(text));
        return compiled;
    }

    private static string Text(string path, string text)
    {
        File.WriteAllText(path, text);
        return path;
    }

    private static string Bytes(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return path;
    }

    // A pipeline (field 202) of one model (field 1), and so on.
    private static byte[] Nested(int depth)
    {
        byte[] inner = [];
        for (int i = 0; i < depth; i++)
        {
            byte[] models = [0x0A, .. Varint(inner.Length), .. inner];
            inner = [0xD2, 0x0C, .. Varint(models.Length), .. models];
        }

        return inner;
    }

    private static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)((value & 127) | 128), .. Varint(value >> 7)];
}
