using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>What the users of a model's weights see.</summary>
internal static class DecodedWeights
{
    /// <summary>Values by <c>stage/function/name</c>, without the endings that coremltools gives to names.</summary>
    public static Dictionary<string, float[]> Of(ModelFile model)
    {
        var weights = new Dictionary<string, float[]>();
        var tensors = new TensorCatalog(model, model.Payloads);
        foreach (PipelineStage stage in PipelineStages.Of(model.Specification).Where(stage => stage.Model.TypeCase == Model.TypeOneofCase.MlProgram))
        {
            foreach (ProgramGraph graph in ProgramGraph.Of(stage.Model.MlProgram))
            {
                foreach (OperationNode node in graph.Operations.Where(node => node.Outputs.Count == 1))
                {
                    if (WeightDecoder.Of(tensors, node) is { } values)
                    {
                        float[] read = new float[values.Count];
                        values.Read(0, read);
                        string name = Regex.Replace(node.Outputs[0].Name, "(_quantized|_palettized|_sparsified|_pcs)+$", string.Empty);
                        weights[$"{stage.Name}/{graph.FunctionName}/{name}"] = read;
                    }
                }
            }
        }

        return weights;
    }

    /// <summary>Values by <c>stage/function/name</c> of the model at a path.</summary>
    public static Dictionary<string, float[]> Of(string path)
    {
        using ModelFile model = ModelFile.Open(path);
        return Of(model);
    }

    /// <summary>Types of the compressed constants that a weight is made of, outermost first.</summary>
    public static string Nest(ModelFile model, string weight)
    {
        OperationNode node = ProgramGraph.Of(model.Specification.MlProgram).SelectMany(graph => graph.Operations).Single(node => node.Outputs.Any(output => output.Name == weight));
        return string.Join(" < ", MilWeights.Nest(node).Where(inner => inner.IsConstexpr).Select(inner => inner.Type.Substring("constexpr_".Length)).Distinct());
    }

    /// <summary>Sum of the squared differences.</summary>
    public static double Error(float[] source, float[] result) => source.Zip(result, (before, after) => ((double)before - after) * ((double)before - after)).Sum();
}
