using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Tests.Mil;

/// <summary>Every constant of every ML Program that coremltools wrote decodes to what coremltools decodes it to.</summary>
public class DecodingConformanceTests
{
    public static TheoryData<string, string> Packages
    {
        get
        {
            var packages = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => variant.EndsWith(".mlpackage", StringComparison.Ordinal)))
            {
                packages.Add(folder, variant);
            }

            return packages;
        }
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Decode_EveryConstant_HasCoremltoolsDigest(string folder, string variant)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, variant));
        Dictionary<string, string> outputs = DecodedDigests.Outputs(model);
        HashSet<string> all = [.. outputs.Values, .. DecodedDigests.Literals(model)];
        int named = 0, compressed = 0;
        foreach ((string function, JsonElement body) in Vectors.Functions(Vectors.Of(folder).GetProperty(variant)))
        {
            foreach (JsonProperty weight in body.GetProperty("weights").EnumerateObject())
            {
                string expected = weight.Value.GetProperty("sha256").GetString()!;
                bool isCompressed = weight.Value.GetProperty("op").GetString() != "const";
                compressed += isCompressed ? 1 : 0;

                // The loader renames: literals become constants, some constants are folded with the operation that took them.
                if (outputs.TryGetValue($"{function}/{weight.Name}", out string? actual))
                {
                    Assert.True(expected == actual, $"{function}/{weight.Name}");
                    named++;
                }
                else
                {
                    Assert.True(all.Contains(expected), $"no constant of ours has the digest of {function}/{weight.Name}");
                }
            }
        }

        Assert.True(named > 0);
        Assert.Equal(compressed > 0, model.GetWeights().Any(weight => weight.Encoding != WeightEncoding.Plain));
    }
}
