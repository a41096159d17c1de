using System.Collections.Generic;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>Writes an FP32 ML Program package of a given size, like LaMa: thousands of convolutions over one image-like input, then linear layers.</summary>
internal static class ProgramGenerator
{
    private const int Side = 64;

    /// <summary>Writes the package; nothing may stand at the path.</summary>
    public static void Write(string path, long totalBytes, int constCount)
    {
        IReadOnlyList<GeneratedLayer> layers = GeneratedLayers.For(totalBytes, constCount);
        int channels = layers[0].Channels;
        long[] image = [1, channels, Side, Side];
        var program = new GeneratedProgram(layers.Count * 2);
        program.Text("pad_type", "same");
        program.Integers("one_each", 1, 1);
        program.Integers("no_padding", 0, 0, 0, 0);
        program.Integer("one_group", 1);
        program.Integer("depthwise", channels);
        program.Integers("axes", 2, 3);
        program.Flag("keep_dims", false);
        string previous = "x";
        bool isImage = true;
        for (int i = 0; i < layers.Count; i++)
        {
            GeneratedLayer layer = layers[i];
            if (layer.IsLinear && isImage)
            {
                program.Apply("reduce_mean", "pooled", [1, channels], ("x", previous), ("axes", "axes"), ("keep_dims", "keep_dims"));
                previous = "pooled";
                isImage = false;
            }

            program.Weight($"weight_{i}", layer.WeightShape);
            program.Weight($"bias_{i}", channels);
            string name = i == layers.Count - 1 ? "y" : $"layer_{i}";
            if (layer.IsLinear)
            {
                program.Apply("linear", name, [1, channels], ("x", previous), ("weight", $"weight_{i}"), ("bias", $"bias_{i}"));
            }
            else
            {
                program.Apply(
                    "conv",
                    name,
                    image,
                    ("x", previous),
                    ("weight", $"weight_{i}"),
                    ("bias", $"bias_{i}"),
                    ("strides", "one_each"),
                    ("pad_type", "pad_type"),
                    ("pad", "no_padding"),
                    ("dilations", "one_each"),
                    ("groups", layer.Groups == 1 ? "one_group" : "depthwise"));
            }

            previous = name;
        }

        program.Write(path, ElementType.Float32, image, [1, channels]);
    }
}
