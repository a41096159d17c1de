using System;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>
/// Writes an FP32 ML Program package of a given size, like a small GPT: a table of words that is also the last layer's weight and holds a third of the
/// bytes, and twelve blocks of attention and two linear layers, 148 weights in all.
/// </summary>
internal static class TransformerGenerator
{
    private const int Layers = 12, WeightsPerLayer = 12, OtherWeights = 4;
    private const int Vocabulary = 50_257, Positions = 64, HeadSize = 64;

    /// <summary>Writes the package; nothing may stand at the path.</summary>
    public static void Write(string path, long totalBytes)
    {
        // total = 12 layers of 12 h^2, and the vocabulary times h.
        double a = 12.0 * Layers, b = Vocabulary, total = (double)totalBytes / sizeof(float);
        int heads = Math.Max(1, (int)Math.Round((-b + Math.Sqrt((b * b) + (4 * a * total))) / (2 * a) / HeadSize));
        int hidden = heads * HeadSize;
        var program = new GeneratedProgram((Layers * WeightsPerLayer) + OtherWeights);
        program.Integer("zero", 0);
        program.Integer("three", 3);
        program.Integer("last", -1);
        program.Integers("last_axis", -1);
        program.Integers("by_head", 1, Positions, heads, HeadSize);
        program.Integers("together", 1, Positions, hidden);
        program.Integers("swap", 0, 2, 1, 3);
        program.Text("exact", "EXACT");
        program.Flag("no", false);
        program.Flag("yes", true);
        program.Weight("words", Vocabulary, hidden);
        program.Weight("positions", 1, Positions, hidden);

        long[] stream = [1, Positions, hidden];
        program.Apply("gather", "embedded", stream, ("x", "words"), ("indices", "x"), ("axis", "zero"), ("batch_dims", "zero"));
        program.Apply("add", "stream_0", stream, ("x", "embedded"), ("y", "positions"));
        for (int i = 0; i < Layers; i++)
        {
            string attended = Attention(program, $"block_{i}", $"stream_{i}", heads, hidden);
            program.Apply("add", $"block_{i}_sum", stream, ("x", $"stream_{i}"), ("y", attended));
            string widened = Linear(program, $"block_{i}_widen", Normalized(program, $"block_{i}_second", $"block_{i}_sum", hidden), hidden, 4 * hidden);
            program.Apply("gelu", $"block_{i}_gelu", [1, Positions, 4 * hidden], ("x", widened), ("mode", "exact"));
            string narrowed = Linear(program, $"block_{i}_narrow", $"block_{i}_gelu", 4 * hidden, hidden);
            program.Apply("add", $"stream_{i + 1}", stream, ("x", $"block_{i}_sum"), ("y", narrowed));
        }

        string final = Normalized(program, "final", $"stream_{Layers}", hidden);
        program.Apply("linear", "y", [1, Positions, Vocabulary], ("x", final), ("weight", "words"));
        program.Write(path, ElementType.Int32, [1, Positions], [1, Positions, Vocabulary]);
    }

    private static string Attention(GeneratedProgram program, string name, string input, int heads, int hidden)
    {
        long[] stream = [1, Positions, hidden], byHead = [1, Positions, heads, HeadSize], swapped = [1, heads, Positions, HeadSize], scores = [1, heads, Positions, Positions];
        string projected = Linear(program, $"{name}_qkv", Normalized(program, $"{name}_first", input, hidden), hidden, 3 * hidden);
        string[] parts = [$"{name}_q", $"{name}_k", $"{name}_v"];
        program.Apply("split", parts, stream, ("x", projected), ("num_splits", "three"), ("axis", "last"));
        foreach (string part in parts)
        {
            program.Apply("reshape", $"{part}_by_head", byHead, ("x", part), ("shape", "by_head"));
            program.Apply("transpose", $"{part}_heads", swapped, ("x", $"{part}_by_head"), ("perm", "swap"));
        }

        program.Apply("matmul", $"{name}_scores", scores, ("x", $"{parts[0]}_heads"), ("y", $"{parts[1]}_heads"), ("transpose_x", "no"), ("transpose_y", "yes"));
        program.Apply("softmax", $"{name}_shares", scores, ("x", $"{name}_scores"), ("axis", "last"));
        program.Apply("matmul", $"{name}_mixed", swapped, ("x", $"{name}_shares"), ("y", $"{parts[2]}_heads"), ("transpose_x", "no"), ("transpose_y", "no"));
        program.Apply("transpose", $"{name}_back", byHead, ("x", $"{name}_mixed"), ("perm", "swap"));
        program.Apply("reshape", $"{name}_together", stream, ("x", $"{name}_back"), ("shape", "together"));
        return Linear(program, $"{name}_project", $"{name}_together", hidden, hidden);
    }

    private static string Linear(GeneratedProgram program, string name, string input, int from, int to)
    {
        program.Weight($"{name}_weight", to, from);
        program.Weight($"{name}_bias", to);
        program.Apply("linear", name, [1, Positions, to], ("x", input), ("weight", $"{name}_weight"), ("bias", $"{name}_bias"));
        return name;
    }

    private static string Normalized(GeneratedProgram program, string name, string input, int hidden)
    {
        program.Weight($"{name}_gamma", hidden);
        program.Weight($"{name}_beta", hidden);
        program.Apply("layer_norm", $"{name}_norm", [1, Positions, hidden], ("x", input), ("axes", "last_axis"), ("gamma", $"{name}_gamma"), ("beta", $"{name}_beta"));
        return $"{name}_norm";
    }
}
