using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Xunit;
using static CoreMLQuant.Tests.Mil.ConstexprPrograms;

namespace CoreMLQuant.Tests.Mil;

/// <summary>Compressed constants in every form and nest: the examples in coremltools' definitions of the operations, and numbers small enough to check by eye.</summary>
public class DecodingTests
{
    private static readonly long[] Scalar = [];

    [Fact]
    public void AffineDequantize_NegativeAxisScalarScaleVectorOffset() => Assert.Equal(
        [-0.5f, -0.5f, 0.5f, 0.5f],
        Decode("w", WithAttributes(
            "affine_dequantize",
            ("w", DataType.Float32, [2, 2]),
            ("quantized_data", Tensor(DataType.Uint8, [2, 2], 1, 2, 3, 4)),
            ("zero_point", Tensor(DataType.Uint8, [2], 2, 3)),
            ("scale", Tensor(DataType.Float32, Scalar, 0.5)),
            ("axis", Tensor(DataType.Int32, Scalar, -1)))));

    [Fact]
    public void AffineDequantize_Float16Scale_RoundsOnce()
    {
        float scale = (float)(Half)0.1;
        Assert.Equal(
            [(float)(Half)(scale * -105), (float)(Half)(scale * 127)],
            Decode("w", WithAttributes(
                "affine_dequantize",
                ("w", DataType.Float16, [2]),
                ("quantized_data", Tensor(DataType.Int8, [2], -105, 127)),
                ("zero_point", Tensor(DataType.Float32, Scalar, 0)),
                ("scale", Tensor(DataType.Float16, [2], 0.1, 0.1)),
                ("axis", Tensor(DataType.Int32, Scalar, 0)))));
    }

    [Fact]
    public void PackedForms_OfCoreML6()
    {
        Assert.Equal([20, 30, 40, 10, 20], Decode("w", WithAttributes(
            "lut_to_dense",
            ("w", DataType.Float32, [5]),
            ("indices", Tensor(DataType.Uint8, [2], 0b00_11_10_01, 0b01)),
            ("lut", Tensor(DataType.Float32, [4], 10, 20, 30, 40)),
            ("shape", Tensor(DataType.Uint32, [1], 5)))));
        Assert.Equal([0, 0, 7, -8, 0, 0, 0, 0, 9], Decode("w", WithAttributes(
            "sparse_to_dense",
            ("w", DataType.Float16, [3, 3]),
            ("nonzero_data", Tensor(DataType.Float16, [3], 7, -8, 9)),
            ("mask", Tensor(DataType.Uint8, [2], 0b1100, 1)),
            ("shape", Tensor(DataType.Uint32, [2], 3, 3)))));
        Assert.Equal([0.5f, -2], Decode("w", WithAttributes(
            "cast",
            ("w", DataType.Float32, [2]),
            ("source_val", Tensor(DataType.Float16, [2], 0.5, -2)),
            ("output_dtype", MilTypes.Text("fp32")))));
    }

    [Fact]
    public void LutToDense_GroupsAndVectors()
    {
        Value groups = Tensor(DataType.Float16, [2, 1, 4, 1], 1, 5, 9, 13, 2, 10, 18, 26);
        Assert.Equal([9, 13, 13, 1, 5, 1, 26, 2, 18, 10, 2, 26], Decode("w", Constexpr(
            "lut_to_dense",
            [("w", DataType.Float16, [6, 2])],
            ("indices", Tensor(DataType.Uint2, [6, 2], 2, 3, 3, 0, 1, 0, 3, 0, 2, 1, 0, 3)),
            ("lut", groups))));

        Value indices = Tensor(DataType.Uint1, [2, 2, 2], 0, 0, 1, 0, 1, 1, 0, 0);
        Value vectors = Tensor(DataType.Int8, [1, 1, 1, 2, 3], 1, 2, 3, -1, -2, -3);
        Assert.Equal(
            [1, 1, 2, 2, 3, 3, -1, 1, -2, 2, -3, 3, -1, -1, -2, -2, -3, -3, 1, 1, 2, 2, 3, 3],
            Decode("w", Constexpr("lut_to_dense", [("w", DataType.Int8, [2, 6, 2])], ("indices", indices), ("lut", vectors), ("vector_axis", Tensor(DataType.Int32, Scalar, 1)))));
        Assert.Equal(
            [1, 2, 3, 1, 2, 3, -1, -2, -3, 1, 2, 3, -1, -2, -3, -1, -2, -3, 1, 2, 3, 1, 2, 3],
            Decode("w", Constexpr("lut_to_dense", [("w", DataType.Int8, [2, 2, 6])], ("indices", indices), ("lut", vectors), ("vector_axis", Tensor(DataType.Int32, Scalar, -1)))));
    }

    [Fact]
    public void LutToSparse_ScalarsAndVectors()
    {
        Value mask = Tensor(DataType.Uint1, [4, 6], 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0);
        Value indices = Tensor(DataType.Uint1, [9], 0, 1, 1, 0, 1, 1, 0, 0, 1);
        Operation scalars = Constexpr(
            "lut_to_sparse",
            [("m", DataType.Uint1, [4, 6]), ("v", DataType.Float16, [9])],
            ("indices_mask", mask),
            ("indices_nonzero_data", indices),
            ("lut", Tensor(DataType.Float16, [1, 1, 2, 1], 2, 3)));
        Assert.Equal([2, 3, 3, 2, 3, 3, 2, 2, 3], Decode("v", scalars));
        Assert.Equal(
            [2, 3, 0, 0, 0, 0, 3, 2, 0, 0, 0, 3, 0, 3, 2, 0, 2, 0, 0, 0, 0, 3, 0, 0],
            Decode("w", scalars, Constexpr("sparse_to_dense", [("w", DataType.Float16, [4, 6])], ("mask", "m"), ("nonzero_data", "v"))));

        Operation vectors = Constexpr(
            "lut_to_sparse",
            [("m", DataType.Uint1, [8, 6]), ("v", DataType.Float16, [18])],
            ("indices_mask", mask),
            ("indices_nonzero_data", indices),
            ("lut", Tensor(DataType.Float16, [1, 1, 2, 2], 2, -2, 3, -3)),
            ("vector_axis", Tensor(DataType.Int32, Scalar, 0)));
        Assert.Equal([1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0], Decode("m", vectors).Take(12));
        Assert.Equal([2, 3, -2, -3, 3, 2, 3, -3, -2, -3, 3, 2, 2, -3, -2, -2, 3, -3], Decode("v", vectors));
        Assert.Equal(
            [2, 3, 0, 0, 0, 0, -2, -3, 0, 0, 0, 0, 3, 2, 0, 0, 0, 3, -3, -2, 0, 0, 0, -3],
            Decode("w", vectors, Constexpr("sparse_to_dense", [("w", DataType.Float16, [8, 6])], ("mask", "m"), ("nonzero_data", "v"))).Take(24));
    }

    [Fact]
    public void SparseShiftScale_ScalesLieOverTheDenseTensor()
    {
        Operation sparse = Constexpr(
            "sparse_blockwise_shift_scale",
            [("m", DataType.Uint1, [4, 4]), ("v", DataType.Float32, [9])],
            ("data_mask", Tensor(DataType.Uint1, [4, 4], 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0)),
            ("nonzero_data", Tensor(DataType.Int8, [9], 10, 11, 3, 4, 5, 6, 7, 8, 9)),
            ("scale", Tensor(DataType.Float32, [1, 4], 0.125, 0.25, 0.5, 1)),
            ("offset", Tensor(DataType.Int8, [1, 4], 1, 2, 3, 4)));
        float[] stored = [1.125f, 2.25f, 0.25f, 0.5f, 1, 1.5f, 3, 0.875f, 1.75f];
        Assert.Equal(stored, Decode("v", sparse));
        float[] dense = [1.125f, 2.25f, 0, 0, 0.25f, 0.5f, 1, 0, 0, 0, 1.5f, 3, 0.875f, 1.75f, 0, 0];
        Assert.Equal(dense, Decode("w", sparse, Constexpr("sparse_to_dense", [("w", DataType.Float32, [4, 4])], ("mask", "m"), ("nonzero_data", "v"))));

        // The stored values may be spread over another mask with as many ones.
        Value other = Tensor(DataType.Uint1, [9], 1, 1, 1, 1, 1, 1, 1, 1, 1);
        Assert.Equal(stored, Decode("w", sparse, Constexpr("sparse_to_dense", [("w", DataType.Float32, [9])], ("mask", other), ("nonzero_data", "v"))));
    }

    [Fact]
    public void Nests_InEveryOrder()
    {
        // The table is quantized.
        Operation table = Constexpr(
            "blockwise_shift_scale",
            [("t", DataType.Float16, [1, 1, 2, 1])],
            ("data", Tensor(DataType.Int8, [1, 1, 2, 1], -100, 50)),
            ("scale", Tensor(DataType.Float16, [1, 1, 1, 1], 0.5)));
        Value indices = Tensor(DataType.Uint1, [2, 2], 0, 1, 1, 0);
        Assert.Equal([-50, 25, 25, -50], Decode("w", table, Constexpr("lut_to_dense", [("w", DataType.Float16, [2, 2])], ("indices", indices), ("lut", "t"))));

        // The quantized data is palettized.
        Operation data = Constexpr("lut_to_dense", [("d", DataType.Int8, [2, 2])], ("indices", indices), ("lut", Tensor(DataType.Int8, [1, 1, 2, 1], -100, 50)));
        Assert.Equal([-50, 25, 12.5f, -25], Decode("w", data, Constexpr(
            "blockwise_shift_scale", [("w", DataType.Float16, [2, 2])], ("data", "d"), ("scale", Tensor(DataType.Float16, [2, 1], 0.5, 0.25)))));

        // Palettized, then quantized, then sparse, mask and values handed on by each.
        Operation palettized = Constexpr(
            "lut_to_sparse",
            [("m1", DataType.Uint1, [2, 2]), ("v1", DataType.Int8, [2])],
            ("indices_mask", Tensor(DataType.Uint1, [2, 2], 0, 1, 1, 0)),
            ("indices_nonzero_data", Tensor(DataType.Uint1, [2], 1, 0)),
            ("lut", Tensor(DataType.Int8, [1, 1, 2, 1], -100, 50)));
        Operation quantized = Constexpr(
            "sparse_blockwise_shift_scale",
            [("m2", DataType.Uint1, [2, 2]), ("v2", DataType.Float32, [2])],
            ("data_mask", "m1"),
            ("nonzero_data", "v1"),
            ("scale", Tensor(DataType.Float32, [1, 2], 2, 4)));
        Assert.Equal([0, 200, -200, 0], Decode("w", palettized, quantized, Constexpr(
            "sparse_to_dense", [("w", DataType.Float32, [2, 2])], ("mask", "m2"), ("nonzero_data", "v2"))));
    }

    [Theory]
    [InlineData("pal4_pcs")]
    [InlineData("joint_pal4_q8lut")]
    public void Decode_NestsThatCoremltoolsLeavesUnread_AreCloseToTheirSource(string variant)
    {
        using ModelFile source = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", variant + ".mlpackage"));
        var originals = new TensorCatalog(source, source.Payloads);
        List<OperationNode> constants = ProgramGraph.Of(source.Specification.MlProgram).Single().Operations.Where(operation => operation.IsConst).ToList();
        int compared = 0;
        foreach (OperationNode node in ProgramGraph.Of(model.Specification.MlProgram).Single().Operations.Where(node => node.Type == "constexpr_lut_to_dense"))
        {
            // Names get suffixes; the weight that was fused from others has none to compare with.
            if (constants.Find(constant => node.Outputs[0].Name.StartsWith(constant.Outputs[0].Name + "_pal", StringComparison.Ordinal)) is not { } original)
            {
                continue;
            }

            float[] expected = Read(originals, original), actual = Read(new TensorCatalog(model, model.Payloads), node);
            double signal = expected.Sum(value => (double)value * value);
            double noise = expected.Zip(actual, (x, y) => ((double)x - y) * ((double)x - y)).Sum();
            Assert.InRange(10 * Math.Log10(signal / noise), 15, 40);
            compared++;
        }

        Assert.True(compared >= 4);
    }

    private static IReadOnlyList<(string Message, Operation Operation)> Broken
    {
        get
        {
            Value data = Tensor(DataType.Int8, [2, 4], 1, 2, 3, 4, 5, 6, 7, 8), mask = Tensor(DataType.Uint1, [4], 1, 0, 1, 0);
            Value scale = Tensor(DataType.Float32, [2, 1], 1, 2), indices = Tensor(DataType.Uint2, [2, 2], 0, 1, 2, 3);
            (string, DataType, long[])[] matrix = [("w", DataType.Float32, [2, 4])], square = [("w", DataType.Float32, [2, 2])], vector = [("w", DataType.Float32, [4])];
            Value table = Tensor(DataType.Float32, [1, 1, 4, 1], 1, 2, 3, 4), tables3 = Tensor(DataType.Float32, [1, 1, 3, 1], 1, 2, 3);
            return
            [
                ("'scale' is missing", Constexpr("blockwise_shift_scale", matrix, ("data", data))),
                ("does not divide", Constexpr("blockwise_shift_scale", matrix, ("data", data), ("scale", Tensor(DataType.Float32, [1, 3], 1, 2, 3)))),
                ("does not divide", Constexpr("blockwise_shift_scale", matrix, ("data", data), ("scale", Tensor(DataType.Float32, [2], 1, 2)))),
                ("must be the same", Constexpr("blockwise_shift_scale", matrix, ("data", data), ("scale", scale), ("offset", Tensor(DataType.Int8, [1, 1], 1)))),
                ("it must contain Int8", Constexpr("blockwise_shift_scale", matrix, ("data", data), ("scale", scale), ("offset", Tensor(DataType.Uint8, [2, 1], 1, 1)))),
                ("it must contain Float16, Float32", Constexpr("blockwise_shift_scale", matrix, ("data", data), ("scale", Tensor(DataType.Int8, [2, 1], 1, 1)))),
                ("the output 'w' is declared", Constexpr("blockwise_shift_scale", square, ("data", data), ("scale", scale))),
                ("'nowhere'", Constexpr("blockwise_shift_scale", matrix, ("data", "nowhere"), ("scale", scale))),
                ("not constant", Constexpr("blockwise_shift_scale", matrix, ("data", "x"), ("scale", scale))),
                ("needs 4", Constexpr("lut_to_dense", square, ("indices", indices), ("lut", Tensor(DataType.Float32, [4, 1], 1, 2, 3, 4)))),
                ("3 entries", Constexpr("lut_to_dense", square, ("indices", indices), ("lut", tables3))),
                ("indices are Int8", Constexpr("lut_to_dense", matrix, ("indices", data), ("lut", table))),
                ("'vector_axis' is missing", Constexpr("lut_to_dense", matrix, ("indices", indices), ("lut", Tensor(DataType.Float32, [1, 1, 4, 2], 1, 2, 3, 4, 5, 6, 7, 8)))),
                ("there are 2 axes", Constexpr("lut_to_dense", matrix, ("indices", indices), ("lut", Tensor(DataType.Float32, [1, 1, 4, 2], 1, 2, 3, 4, 5, 6, 7, 8)), ("vector_axis", Tensor(DataType.Int32, [], 2)))),
                ("2 ones", Constexpr("sparse_to_dense", vector, ("mask", mask), ("nonzero_data", Tensor(DataType.Float32, [3], 1, 2, 3)))),
                ("it must be a vector", Constexpr("sparse_to_dense", vector, ("mask", mask), ("nonzero_data", Tensor(DataType.Float32, [1, 2], 1, 2)))),
                ("it must contain UInt1", Constexpr("sparse_to_dense", vector, ("mask", Tensor(DataType.Uint8, [4], 1, 0, 1, 0)), ("nonzero_data", Tensor(DataType.Float32, [2], 1, 2)))),
                ("must be fp32", Constexpr("cast", vector, ("source_val", Tensor(DataType.Float16, [4], 1, 2, 3, 4)), ("output_dtype", MilTypes.Text("fp16")))),
                ("8 entries", WithAttributes("lut_to_dense", vector[0], ("indices", Tensor(DataType.Uint8, [2], 1, 2)), ("lut", Tensor(DataType.Float32, [8], 1, 2, 3, 4, 5, 6, 7, 8)), ("shape", Tensor(DataType.Uint32, [1], 4)))),
                ("take 1 bytes, but 2 are stored", WithAttributes("lut_to_dense", vector[0], ("indices", Tensor(DataType.Uint8, [2], 1, 2)), ("lut", Tensor(DataType.Float32, [4], 1, 2, 3, 4)), ("shape", Tensor(DataType.Uint32, [1], 4)))),
                ("takes 1 bytes, but 2 are stored", WithAttributes("sparse_to_dense", vector[0], ("mask", Tensor(DataType.Uint8, [2], 1, 2)), ("nonzero_data", Tensor(DataType.Float32, [2], 1, 2)), ("shape", Tensor(DataType.Uint32, [1], 4)))),
                ("exceed what a file can contain", WithAttributes("sparse_to_dense", vector[0], ("mask", Tensor(DataType.Uint8, [1], 1)), ("nonzero_data", Tensor(DataType.Float32, [1], 1)), ("shape", Tensor(DataType.Uint32, [3], uint.MaxValue, uint.MaxValue, uint.MaxValue)))),
                ("along axis 1", WithAttributes("affine_dequantize", matrix[0], ("quantized_data", data), ("zero_point", Tensor(DataType.Int8, [], 0)), ("scale", Tensor(DataType.Float32, [2], 1, 2)), ("axis", Tensor(DataType.Int32, [], 1)))),
                ("'zero_point' is missing", WithAttributes("affine_dequantize", matrix[0], ("quantized_data", data), ("scale", Tensor(DataType.Float32, [2], 1, 2)), ("axis", Tensor(DataType.Int32, [], 0)))),
            ];
        }
    }

    [Fact]
    public void Decode_ContradictingParameters_IsAnErrorThatNamesTheOperation() => Assert.All(Broken, broken =>
    {
        (string message, Operation operation) = broken;
        CoreMLFormatException error = Assert.Throws<CoreMLFormatException>(() =>
        {
            var builder = new MilModelBuilder(8).Input("x");
            builder.Body.Operations.Add(operation);
            using var scratch = new ScratchFolder();
            using ModelFile model = ModelFile.Open(builder.Write(scratch));
            WeightDecoder.Of(new TensorCatalog(model, model.Payloads), ProgramGraph.Of(model.Specification.MlProgram).Single().Operations.Single());
        });
        Assert.Equal(FormatRule.InvalidConstexpr, error.Rule);
        Assert.Equal($"{operation.Type} 'w'", error.Location);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Decode_ChainOfThousands_IsAnErrorAndNoEndOfTheProcess()
    {
        Operation[] chain = Enumerable.Range(0, 20_000).Select(index => Constexpr(
            "blockwise_shift_scale",
            [($"w{index}", DataType.Float32, [1])],
            ("data", index == 0 ? Tensor(DataType.Float32, [1], 1) : $"w{index - 1}"),
            ("scale", Tensor(DataType.Float32, [1], 1)))).ToArray();
        Assert.Equal(FormatRule.InvalidConstexpr, Assert.Throws<CoreMLFormatException>(() => Decode("w19999", chain)).Rule);
        Assert.Equal([1], Decode("w20", chain));
    }

    private static float[] Read(TensorCatalog tensors, OperationNode operation)
    {
        CoreMLQuant.Tensors.TensorValues values = WeightDecoder.Of(tensors, operation)!;
        float[] read = new float[values.Count];
        values.Read(0, read);
        return read;
    }
}
