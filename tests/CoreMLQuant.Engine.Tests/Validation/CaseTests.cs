using System.IO;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Tests.Validation;

/// <summary>Small models on which a verdict was wrong once.</summary>
public class CaseTests
{
    [Theory]
    [InlineData("05-gpt2-layers/model_unknown_layer.mlmodel", nameof(ValidationRule.UnknownLayer))]
    [InlineData("10-same-names/same_block.mlpackage", nameof(ValidationRule.DuplicateValue))]
    [InlineData("21-updatable-version-1", nameof(ValidationRule.VersionTooOld))]
    [InlineData("22-rank-4-input-version-1", nameof(ValidationRule.InputRank))]
    [InlineData("23-output-renamed-in-description-only", nameof(ValidationRule.UnmadeOutput))]
    [InlineData("26-constant-without-value", nameof(ValidationRule.ConstantType))]
    [InlineData("27-rank-and-program-version", nameof(ValidationRule.InvalidProgramVersion))]
    [InlineData("27-rank-and-program-version", nameof(ValidationRule.InvalidType))]
    public void Validate_Broken_IsAnError(string path, string rule)
    {
        ValidationReport report = ModelValidator.Validate(Find(path));
        Assert.Contains(report.Findings, finding => finding.Rule == rule && finding.Severity == nameof(FindingSeverity.Error));
    }

    [Theory]
    [InlineData("05-gpt2-layers/model.mlmodel")]
    [InlineData("10-same-names/model.mlpackage")]
    [InlineData("19-pipeline-stage-versions")]
    [InlineData("20-flexible-size-version-1")]
    public void Validate_Sound_IsValid(string path) => Assert.True(ModelValidator.Validate(Find(path)).IsValid);

    [Fact]
    public void Validate_HalfAPairInAnAttribute_IsAWarningAndReadingGoesOn()
    {
        ValidationReport report = ModelValidator.Validate(Find("25-attribute-entry-without-value"));
        Assert.Equal(nameof(ValidationRule.IncompleteDictionary), report.Findings[0].Rule);
        using ModelFile model = ModelFile.Open(Find("25-attribute-entry-without-value"));
        Assert.NotEmpty(model.GetWeights());
    }

    [Fact]
    public void Validate_OutputUnderAnotherName_TellsWhatNothingUses()
    {
        Finding finding = ModelValidator.Validate(Find("23-output-renamed-in-description-only")).Findings.First(finding => finding.Rule == nameof(ValidationRule.UnmadeOutput));
        Assert.Matches("^the output is made by no layer; nothing uses '.+'\\.$", finding.Message);
    }

    [Fact]
    public void Validate_MisspeltOutput_OffersTheNearest()
    {
        using var scratch = new ScratchFolder();
        string path = BrokenModels.Edit(TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("a.mlmodel")), model => model.Description.Output[0].Name += "s");
        Finding finding = ModelValidator.Validate(path).Findings.First(finding => finding.Rule == nameof(ValidationRule.UnmadeOutput));
        Assert.Matches("^the output is made by no layer; did you mean '.+'\\?$", finding.Message);
    }

    private static string Find(string path)
    {
        string full = TestFiles.Fixture("cases", Path.Combine(path.Split('/')));
        return path.Contains('/') ? full : Directory.GetFileSystemEntries(full).Single();
    }
}
