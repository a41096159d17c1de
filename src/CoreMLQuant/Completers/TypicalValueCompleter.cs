using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Onnx;

namespace CoreMLQuant.Completers;

/// <summary>Offers typical values of parameters that take a number, a ratio or a size.</summary>
public sealed class TypicalValueCompleter : ValueCompleter
{
    // A name means the same in every cmdlet that has it.
    private static readonly Dictionary<string, (string Value, string Meaning)[]> Typical = new(StringComparer.OrdinalIgnoreCase)
    {
        // 32 first, as coremltools has it.
        ["BlockSize"] = Each(value => $"blocks of {value} values", "32", "16", "64", "128"),
        ["ActivationBitWidth"] = [("8", "8 bits, the only width that Core ML has operations for")],
        ["ActivationPercentile"] = Each(Percentile, "99.99", "99.9", "99.5", "99"),
        ["Percentile"] = Each(Percentile, "99.99", "99.9", "99.5", "99"),
        ["GroupSize"] = Each(value => $"one lookup table for {value} channels", "4", "8", "16", "32"),
        ["VectorSize"] = Each(value => $"{value} values in an entry", "1", "2", "4"),
        ["ChannelAxis"] = [("0", "groups of output channels"), ("1", "groups of input channels")],
        ["Axis"] = [("0", "along the output channels"), ("1", "along the input channels")],
        ["TargetSparsity"] = Each(value => $"{value} of the values become zero", "0.5", "0.6", "0.75", "0.9"),
        ["Threshold"] = Each(value => $"magnitudes up to {value} become zero", "0.0001", "0.001", "0.01", "0.1"),
        ["MinimumSparsity"] = Each(value => $"at least {value} of the values are zero", "0.5", "0.25", "0.75"),
        ["NonZeroRatio"] = Each(value => $"keeps {value.Replace(":", " of every ")} values", "2:4", "1:4", "1:2"),
        ["MinimumElementCount"] = Each(value => $"weights with more than {value} elements", "0", "512", "2048", "10000"),
        ["TargetSize"] = Each(value => $"at most {value} on disk", "10MB", "25MB", "50MB", "100MB", "200MB", "500MB", "1GB"),
        ["MinimumSnr"] = Each(value => $"at least {value} dB", "20", "30", "40", "60"),
        ["MinimumOutputSnr"] = Each(value => $"at least {value} dB", "20", "30", "40", "60"),
        ["MinimumAgreement"] = Each(value => $"the same class for at least {value} of the samples", "0.95", "0.99", "1"),
        ["FailBelowSnr"] = Each(value => $"an error below {value} dB", "20", "30", "40", "60"),
        ["FailBelowOutputSnr"] = Each(value => $"an error below {value} dB", "20", "30", "40", "60"),
        ["FailBelowAgreement"] = Each(value => $"the same class in {value} of the samples", "0.99", "0.95", "0.9", "1"),
        ["IouThreshold"] = Each(value => $"boxes that overlap by more than {value} are the same", "0.45", "0.5", "0.6", "0.7"),
        ["ConfidenceThreshold"] = Each(value => $"boxes with a confidence of at least {value}", "0.25", "0.4", "0.5"),
        ["Shard"] = Each(value => $"part {value.Replace("/", " of ")}", "1/2", "1/4", "1/8", "1/16"),
        ["ThrottleLimit"] = Each(value => $"workers: {value}", "1", "2", "4", "8"),
        ["ThreadCount"] = Each(value => $"threads: {value}", "1", "2", "4", "8"),
        ["Count"] = Each(value => $"samples: {value}", "1", "10", "100"),
        ["Seed"] = Each(value => $"seed {value}", "0", "1", "2"),
        ["TimeoutSeconds"] = Each(value => $"at most {value} s for a sample", "10", "60", "300"),
        ["Opset"] = Each(
            value => $"opset {value}",
            [
                .. Enumerable.Range(TranslationOptions.OldestOpset, TranslationOptions.NewestOpset - TranslationOptions.OldestOpset + 1)
                    .Select(opset => opset.ToString(CultureInfo.InvariantCulture)),
            ]),
    };

    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName, string parameterName) =>
        Typical.TryGetValue(parameterName, out (string Value, string Meaning)[]? values) ? values : [];

    private static string Percentile(string value) =>
        string.Format(CultureInfo.InvariantCulture, "leaves out {0:0.##} % of the values on both ends", 100 - double.Parse(value, CultureInfo.InvariantCulture));

    private static (string Value, string Meaning)[] Each(Func<string, string> meaning, params string[] values) =>
        values.Select(value => (value, meaning(value))).ToArray();
}
