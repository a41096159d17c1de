using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Shapes;
using CoreMLQuant.Models;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Tests.Mil;

/// <summary>The types that operations compute: by rule, and as coremltools declares them in every program that it wrote.</summary>
public class ShapeInferenceTests
{
    // Blocks decide what these give, lists have no shape, and the values of a constant are its type.
    private static readonly string[] NotComputed =
    [
        "const", "cond", "while_loop", "make_list", "list_read", "list_write", "list_gather", "list_scatter", "classify", "random_categorical", "custom_layer",
    ];

    [Theory]
    [InlineData("relu(x: fp16[1,?,4])", "fp16 [1, ?, 4]")]
    [InlineData("relu(x: ?)", "fp32 [...]")]
    [InlineData("add(x: fp32[4,1,3], y: fp32[5,1])", "fp32 [4, 5, 3]")]
    [InlineData("mul(x: fp32[?,3], y: fp32[])", "fp32 [?, 3]")]
    [InlineData("add(x: fp32[?,1], y: fp32[7,?])", "fp32 [7, ?]")]
    [InlineData("less(x: int32[2,3], y: int32[3])", "bool [2, 3]")]
    [InlineData("real_div(x: int32[2], y: int32[2])", "? [2]")]
    [InlineData("cast(x: fp32[2], dtype: 'int32')", "int32 [2]")]
    [InlineData("select(cond: bool[2,3], a: fp16[2,3], b: fp16[])", "fp16 [2, 3]")]
    [InlineData("quantize(input: fp16[1,3,4], scale: fp16[], output_dtype: 'int8')", "int8 [1, 3, 4]")]
    [InlineData("quantize(input: fp32[1,?,4], scale: fp32[3], zero_point: uint8[3], axis: 1, output_dtype: 'uint8')", "uint8 [1, ?, 4]")]
    [InlineData("dequantize(input: int8[2,3], scale: fp16[], zero_point: int8[])", "fp16 [2, 3]")]
    [InlineData("dequantize(input: uint8[2,3], scale: fp32[3], axis: -1)", "fp32 [2, 3]")]
    [InlineData("select(cond: bool[2,3], a: fp16[], b: fp16[])", "fp16 [...]")]
    [InlineData("conv(x: fp32[1,3,32,33], weight: fp32[8,3,3,3], strides: {2,2}, pad_type: 'same')", "fp32 [1, 8, 16, 17]")]
    [InlineData("conv(x: fp32[1,4,32,?], weight: fp32[8,1,3,5], groups: 4, pad_type: 'custom', pad: {1,1,2,2}, dilations: {2,1})", "fp32 [1, 8, 30, ?]")]
    [InlineData("conv(x: fp16[2,3,10], weight: fp32[6,3,4])", "fp16 [2, 6, 7]")]
    [InlineData("conv_transpose(x: fp32[1,4,5,5], weight: fp32[4,2,3,3], strides: {2,2}, groups: 2)", "fp32 [1, 4, 11, 11]")]
    [InlineData("conv_transpose(x: fp32[1,4,5,5], weight: fp32[4,2,3,3], strides: {2,2}, pad_type: 'custom', pad: {1,1,1,1}, output_shape: {1,2,10,10})", "fp32 [1, 2, 10, 10]")]
    [InlineData("max_pool(x: fp32[1,4,9,9], kernel_sizes: {3,3}, strides: {2,2}, pad_type: 'valid')", "fp32 [1, 4, 4, 4]")]
    [InlineData("avg_pool(x: fp32[1,4,10,9], kernel_sizes: {3,3}, strides: {2,2}, pad_type: 'valid', ceil_mode: 1)", "fp32 [1, 4, ?, 4]")]
    [InlineData("linear(x: fp32[2,?,8], weight: fp32[16,8], bias: fp32[16])", "fp32 [2, ?, 16]")]
    [InlineData("matmul(x: fp32[2,1,3,4], y: fp32[5,6,4], transpose_y: 1)", "fp32 [2, 5, 3, 6]")]
    [InlineData("einsum(values: fp32[1,2,3,4], values: fp32[1,4,3,5], equation: 'nchw,nwhu->nchu')", "fp32 [1, 2, 3, 5]")]
    [InlineData("scaled_dot_product_attention(query: fp16[1,4,5,8], key: fp16[1,4,7,8], value: fp16[1,4,7,9])", "fp16 [1, 4, 5, 9]")]
    [InlineData("reduce_mean(x: fp32[2,3,4], axes: {-1,0}, keep_dims: 0)", "fp32 [3]")]
    [InlineData("reduce_sum(x: fp32[2,3,4], keep_dims: 1)", "fp32 [1, 1, 1]")]
    [InlineData("reduce_argmax(x: fp32[2,3,4], axis: 1)", "int32 [2, 4]")]
    [InlineData("reduce_argmax(x: fp32[2,3], output_dtype: 'uint16')", "uint16 [2]")]
    [InlineData("topk(x: fp32[2,9], k: 3) -> 2", "fp32 [2, 3]; int32 [2, 3]")]
    [InlineData("topk(x: fp32[2,9], k: -1, axis: 0, return_indices: 0)", "fp32 [2, 9]")]
    [InlineData("gather(x: fp32[10,4], indices: int32[2,3])", "fp32 [2, 3, 4]")]
    [InlineData("gather(x: fp32[10,4], indices: int32[], axis: -1)", "fp32 [10]")]
    [InlineData("gather(x: fp32[2,10,4], indices: int32[2,3], axis: 1, batch_dims: 1)", "fp32 [2, 3, 4]")]
    [InlineData("gather_nd(x: fp32[2,3,4], indices: int32[5,2])", "fp32 [5, 4]")]
    [InlineData("slice_by_index(x: fp32[10,?,7], begin: {2,0,-3}, end: {8,0,0}, stride: {2,1,1}, begin_mask: {0,1,0}, end_mask: {0,1,1})", "fp32 [3, ?, 3]")]
    [InlineData("slice_by_index(x: fp32[10,7], begin: {-1,0}, end: {0,7}, squeeze_mask: {1,0})", "fp32 [7]")]
    [InlineData("slice_by_index(x: fp32[10,7], begin: int32[2], end: int32[2], begin_mask: {0,1}, end_mask: {0,1})", "fp32 [?, 7]")]
    [InlineData("slice_by_size(x: fp32[10,7], begin: {2,1}, size: {3,-1})", "fp32 [3, 6]")]
    [InlineData("concat(values: fp32[2,3], values: fp32[2,?], values: fp32[2,4], axis: -1)", "fp32 [2, ?]")]
    [InlineData("concat(values: fp32[2,3], values: fp32[5,3], axis: 0)", "fp32 [7, 3]")]
    [InlineData("stack(values: fp32[2,3], values: fp32[2,3], axis: -1)", "fp32 [2, 3, 2]")]
    [InlineData("split(x: fp32[2,10], axis: 1, num_splits: 2) -> 2", "fp32 [2, 5]; fp32 [2, 5]")]
    [InlineData("split(x: fp32[2,10], axis: 1, split_sizes: {3,7}) -> 2", "fp32 [2, 3]; fp32 [2, 7]")]
    [InlineData("expand_dims(x: fp32[2,3], axes: {0,-1})", "fp32 [1, 2, 3, 1]")]
    [InlineData("squeeze(x: fp32[1,2,1])", "fp32 [2]")]
    [InlineData("squeeze(x: fp32[1,2,1], axes: {-1})", "fp32 [1, 2]")]
    [InlineData("transpose(x: fp32[1,2,?], perm: {-1,0,1})", "fp32 [?, 1, 2]")]
    [InlineData("reshape(x: fp32[2,3,4], shape: {0,-1,2})", "fp32 [2, 6, 2]")]
    [InlineData("reshape(x: fp32[2,?,4], shape: {2,-1})", "fp32 [2, ?]")]
    [InlineData("reshape(x: fp32[2,3], shape: int32[3])", "fp32 [?, ?, ?]")]
    [InlineData("flatten2d(x: fp32[2,3,4])", "fp32 [2, 12]")]
    [InlineData("pad(x: fp32[1,2,3], pad: {1,2}, mode: 'reflect')", "fp32 [1, 2, 6]")]
    [InlineData("tile(x: fp32[2,3], reps: {2,1})", "fp32 [4, 3]")]
    [InlineData("pixel_shuffle(x: fp32[1,8,3,4], upscale_factor: 2)", "fp32 [1, 2, 6, 8]")]
    [InlineData("space_to_depth(x: fp32[1,2,6,8], block_size: 2)", "fp32 [1, 8, 3, 4]")]
    [InlineData("space_to_batch(x: fp32[1,2,5,8], block_shape: {2,2}, paddings: {0,1,0,0})", "fp32 [4, 2, 3, 4]")]
    [InlineData("batch_to_space(x: fp32[4,2,3,4], block_shape: {2,2}, crops: {0,1,0,0})", "fp32 [1, 2, 5, 8]")]
    [InlineData("fill(shape: {2,3}, value: 7)", "int32 [2, 3]")]
    [InlineData("shape(x: fp32[2,?,4])", "int32 [3]")]
    [InlineData("range_1d(start: 0, end: 7, step: 2)", "int32 [4]")]
    [InlineData("one_hot(indices: int32[2,3], one_hot_vector_size: 5)", "? [2, 3, 5]")]
    [InlineData("non_zero(x: fp32[2,3])", "int32 [?, 2]")]
    [InlineData("upsample_nearest_neighbor(x: fp32[1,3,4,5], scale_factor_height: 2, scale_factor_width: 3)", "fp32 [1, 3, 8, 15]")]
    [InlineData("resize_bilinear(x: fp32[1,3,4,5], target_size_height: 9, target_size_width: 10)", "fp32 [1, 3, 9, 10]")]
    [InlineData("resize(x: fp32[1,3,4,5], shape: {0,10}, resized_dims: 2)", "fp32 [1, 3, 4, 10]")]
    [InlineData("crop(x: fp32[1,3,8,9], crop_height: {1,2}, crop_width: {0,3})", "fp32 [1, 3, 5, 6]")]
    [InlineData("lstm(x: fp32[5,2,3], initial_h: fp32[2,8], initial_c: fp32[2,8], weight_ih: fp32[16,3], weight_hh: fp32[16,4], direction: 'bidirectional', output_sequence: 1) -> 3", "fp32 [5, 2, 8]; fp32 [2, 8]; fp32 [2, 8]")]
    [InlineData("gru(x: fp32[5,2,3], initial_h: fp32[2,4], weight_ih: fp32[12,3], weight_hh: fp32[12,4]) -> 2", "fp32 [1, 2, 4]; fp32 [2, 4]")]
    public void Infer_Operation_GivesTypesOfOutputs(string operation, string expected)
    {
        IReadOnlyList<InferredType>? computed = Infer(operation);
        Assert.Equal(expected, string.Join("; ", computed!));
    }

    [Theory]
    [InlineData("add(x: fp32[4], y: fp32[5])")]
    [InlineData("conv(x: fp32[1,3,8,8], weight: fp32[8,4,3,3])")]
    [InlineData("conv(x: fp32[1,3,8,8], weight: fp32[8,3,3])")]
    [InlineData("conv(x: fp32[1,3,2,2], weight: fp32[8,3,3,3])")]
    [InlineData("conv(x: fp32[1,3,8,8], weight: fp32[8,3,3,3], bias: fp32[7])")]
    [InlineData("conv(x: fp32[1,3,8,8], weight: fp32[8,3,3,3], pad_type: 'full')")]
    [InlineData("conv(x: fp32[1,3,8,8], weight: fp32[8,3,3,3], strides: {0,1})")]
    [InlineData("linear(x: fp32[2,8], weight: fp32[16,9])")]
    [InlineData("matmul(x: fp32[2,3], y: fp32[2,3])")]
    [InlineData("batch_norm(x: fp32[1,3,4,4], mean: fp32[4])")]
    [InlineData("layer_norm(x: fp32[1,3,4], axes: {-1}, gamma: fp32[3])")]
    [InlineData("softmax(x: fp32[2,3], axis: 2)")]
    [InlineData("quantize(input: fp16[2,3], scale: fp16[], output_dtype: 'int32')")]
    [InlineData("quantize(input: fp16[2,3], scale: fp16[], zero_point: uint8[], output_dtype: 'int8')")]
    [InlineData("quantize(input: fp16[2,3], scale: fp16[], axis: 1, output_dtype: 'int8')")]
    [InlineData("quantize(input: fp16[2,3], scale: fp16[2], axis: 1, output_dtype: 'int8')")]
    [InlineData("dequantize(input: int8[2,3], scale: fp16[3])")]
    [InlineData("dequantize(input: int8[2,3], scale: fp16[1,3], axis: 1)")]
    [InlineData("dequantize(input: int8[2,3], scale: fp16[3], zero_point: int8[], axis: 1)")]
    [InlineData("reduce_sum(x: fp32[2,3], axes: {-3})")]
    [InlineData("concat(values: fp32[2,3], values: fp32[3,3], axis: 1)")]
    [InlineData("split(x: fp32[2,10], axis: 1, split_sizes: {3,8}) -> 2")]
    [InlineData("squeeze(x: fp32[2,1], axes: {0})")]
    [InlineData("transpose(x: fp32[2,3], perm: {0,0})")]
    [InlineData("reshape(x: fp32[2,3], shape: {4,2})")]
    [InlineData("pixel_shuffle(x: fp32[1,6,3,4], upscale_factor: 2)")]
    [InlineData("cast(x: fp32[2], dtype: '')")]
    [InlineData("lstm(x: fp32[5,2,3], initial_h: fp32[2,4], initial_c: fp32[2,4], weight_ih: fp32[16,2], weight_hh: fp32[16,4]) -> 3")]
    public void Infer_OperationThatCannotBeComputed_Throws(string operation) => Assert.Throws<ShapeContradictionException>(() => Infer(operation));

    [Fact]
    public void Infer_ProgramsOfTheFixtures_ComputesWhatIsDeclared()
    {
        var seen = new SortedSet<string>();
        int outputs = 0, exact = 0;
        foreach (string path in Fixtures())
        {
            using ModelFile file = ModelFile.Open(path);
            var tensors = new TensorCatalog(file, file.Payloads);
            foreach (ProgramGraph graph in PipelineStages.All(file.Specification).Where(stage => stage.Model.MlProgram is not null).SelectMany(stage => ProgramGraph.Of(stage.Model.MlProgram)))
            {
                foreach (OperationNode operation in graph.Operations.Where(operation => !operation.IsConst && !operation.IsConstexpr))
                {
                    seen.Add(operation.Type);
                    IReadOnlyList<InferredType>? computed = ShapeInference.Infer(operation, graph.Opset, tensors);
                    for (int i = 0; computed is not null && i < computed.Count; i++)
                    {
                        InferredType declared = InferredType.Of(operation.Outputs[i].Declaration.Type);
                        Assert.False(computed[i].Contradicts(declared), $"{path}: {operation.Type} '{operation.Name}' is declared {declared} and computed {computed[i]}.");
                        outputs++;
                        exact += computed[i].ToString() == declared.ToString() ? 1 : 0;
                    }
                }
            }
        }

        Assert.Empty(seen.Where(type => !ShapeInference.Knows(type)).Except(NotComputed));
        Assert.True(exact > outputs * 0.97, $"{exact} of {outputs} types are computed wholly.");
    }

    // One operation or small network each, written by coremltools' own tests: nearly every operation with all its settings.
    [Theory]
    [InlineData("mil_ops")]
    [InlineData("torch_ops")]
    [InlineData("single_ops")]
    [InlineData("nets")]
    public void Validate_ProgramsWithVectors_HaveNoFindingsOfShapes(string archive)
    {
        using var scratch = new ScratchFolder();
        ZipFile.ExtractToDirectory(TestFiles.Fixture("run", archive + ".zip"), scratch.Path);
        string[] models = Directory.EnumerateFiles(scratch.Path, "*.mlmodel", SearchOption.AllDirectories)
            .Select(path => path.IndexOf(".mlpackage", System.StringComparison.Ordinal) is >= 0 and var end ? path.Substring(0, end + ".mlpackage".Length) : path).Distinct().ToArray();
        string[] broken = models.Where(path => ShapeFindings(path).Any()).Select(path => path.Substring(scratch.Path.Length)).ToArray();
        Assert.NotEmpty(models);
        Assert.Empty(broken);
    }

    // A program whose parameters have the wrong types gives the wrong types, too; coremltools has written one.
    private static IEnumerable<Finding> ShapeFindings(string path)
    {
        IReadOnlyList<Finding> findings = ModelValidator.Validate(path).Findings;
        return findings.Any(finding => finding.Rule == nameof(ValidationRule.ParameterType))
            ? []
            : findings.Where(finding => finding.Rule is nameof(ValidationRule.OutputType) or nameof(ValidationRule.OperandShape));
    }

    private static IEnumerable<string> Fixtures() => Directory.EnumerateDirectories(TestFiles.Fixture(), "*.mlpackage", SearchOption.AllDirectories)
        .Where(path => !path.Substring(TestFiles.Fixture().Length).Split(Path.DirectorySeparatorChar).Any(folder => folder is "damaged" or "cases"));

    private static IReadOnlyList<InferredType>? Infer(string text)
    {
        using ModelFile none = ModelFile.Open(TestFiles.Fixture("convnet_iOS15", "fp32.mlpackage"));
        ProgramGraph graph = OperationText.Graph(text, 8);
        return ShapeInference.Infer(graph.Operations[graph.Operations.Count - 1], graph.Opset, new TensorCatalog(none, none.Payloads));
    }
}
