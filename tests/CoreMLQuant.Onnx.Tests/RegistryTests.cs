using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Onnx.Programs;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

public sealed class RegistryTests
{
    public static TheoryData<string> OperationTypes
    {
        get
        {
            using var reader = new StreamReader(typeof(OperationSignatures).Assembly.GetManifestResourceStream("mil-op-types.tsv")!);
            return [.. reader.ReadToEnd().Split('\n').Skip(1).Select(line => line.Split('\t')[0]).Where(type => type.Length > 0).Distinct(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(OperationTypes))]
    public void Find_OperationOfSignatures_HasTranslationOrIsConstant(string type) =>
        Assert.True(type == "const" || type.StartsWith("constexpr_", StringComparison.Ordinal) || OperationForms.Find(type) is not null, $"'{type}' has no translation.");

    [Fact]
    public void All_SinceOpset_IsOneThatTranslationsAreWrittenIn() => Assert.All(
        OperationForms.All, form => Assert.InRange(form.SinceOpset, TranslationOptions.OldestOpset, TranslationOptions.NewestOpset));
}
