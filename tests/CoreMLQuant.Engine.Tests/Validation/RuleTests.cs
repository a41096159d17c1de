using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Tests.NeuralNetworks;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Tests.Validation;

/// <summary>Every rule finds its broken model, and no other rule does.</summary>
public class RuleTests
{
    public static TheoryData<string, string> Broken
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string rule, string what, _) in BrokenModels.All)
            {
                data.Add(rule, what);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_BrokenModel_IsFoundByItsRuleOnly(string rule, string what)
    {
        using var scratch = new ScratchFolder();
        string path = BrokenModels.All.Single(model => (model.Rule, model.What) == (rule, what)).Write(scratch);
        ValidationReport report = ModelValidator.Validate(path);
        Assert.Equal([rule], report.Findings.Select(finding => finding.Rule).Distinct());
        FindingSeverity severity = Enum.TryParse(rule, out ValidationRule known) ? ValidationRules.SeverityOf(known) : FindingSeverity.Error;
        Assert.Equal(severity != FindingSeverity.Error, report.IsValid);
        Assert.All(report.Findings, finding =>
        {
            Assert.Equal(severity.ToString(), finding.Severity);
            Assert.Equal(path, finding.ModelPath);
            Assert.StartsWith(path, finding.File);
            Assert.Contains(finding.Message[^1], ".?");
            Assert.EndsWith(".", finding.Remedy);
            Assert.True(finding.Location.Length > 0 || !Enum.TryParse(rule, out ValidationRule _), "a rule of the validator says where it is broken");
        });
    }

    [Fact]
    public void EveryRule_HasABrokenModel()
    {
        // The validator says UndefinedValue, and with it where, what a conversion refuses as InvalidOperation.
        string[] rules = Enum.GetNames<ValidationRule>().Concat(Enum.GetNames<FormatRule>().Where(rule => rule != nameof(FormatRule.InvalidOperation))).ToArray();
        Assert.Equal(rules.Order(), BrokenModels.All.Select(model => model.Rule).Distinct().Order());
    }

    [Fact]
    public void Names_OfBothKindsOfRules_AreDifferent() =>
        Assert.Empty(Enum.GetNames<ValidationRule>().Intersect(Enum.GetNames<FormatRule>()));

    [Fact]
    public void Validate_WhatTheBrokenModelsAreMadeFrom_HasNoFindings()
    {
        using var scratch = new ScratchFolder();
        string[] paths =
        [
            BrokenModels.Relu().Write(scratch, "relu.mlpackage"),
            new BlobPackage(scratch).Path,
            NetworkModels.Write(scratch.Combine("fc.mlmodel"), NetworkModels.InnerProduct("fc", NetworkModels.Floats(1))),
            TestFiles.Fixture("nn_pipeline", "fp32.mlmodel"),
        ];
        Assert.All(paths, path => Assert.Empty(ModelValidator.Validate(path).Findings));
    }

    [Fact]
    public void Validate_SeveralFaults_FindsThemAll()
    {
        using var scratch = new ScratchFolder();
        string path = BrokenModels.Edit(BrokenModels.Relu().Op("frobnicate", "z", ("x", "nothing")).Write(scratch), model => model.SpecificationVersion = 6);
        Assert.Equal(
            [nameof(ValidationRule.VersionTooOld), nameof(ValidationRule.UndefinedValue), nameof(ValidationRule.UnknownOperation)],
            ModelValidator.Validate(path).Findings.Select(finding => finding.Rule));
    }

    [Fact]
    public void Validate_Location_NamesFunctionOperationAndStage()
    {
        using var scratch = new ScratchFolder();
        string path = BrokenModels.Relu().Op("add", "z", ("x", "x")).Write(scratch);
        Assert.Equal("function 'main' add 'z'", ModelValidator.Validate(path).Findings.Single().Location);
        path = BrokenModels.Edit(TestFiles.Copy(TestFiles.Fixture("nn_pipeline", "fp32.mlmodel"), scratch.Combine("p.mlmodel")), model =>
            model.Pipeline.Models[1].NeuralNetwork.Layers.First(layer => layer.InnerProduct is not null).InnerProduct.Bias.FloatValue = NetworkModels.Packed(1));
        using ModelFile file = ModelFile.Open(path);
        string stage = PipelineStages.Of(file.Specification).ElementAt(1).Name;
        Assert.Equal($"stage '{stage}' layer 'b' field 'bias'", ModelValidator.Validate(file).Findings.Single().Location);
    }

    [Fact]
    public void Validate_SharedBlob_IsReadAndToldOnce()
    {
        using var scratch = new ScratchFolder();
        string path = BrokenModels.Edit(new BlobPackage(scratch).Patch(128, 0x7F800000), model =>
        {
            var operations = model.MlProgram.Functions["main"].BlockSpecializations["CoreML6"].Operations;
            operations[1].Attributes["val"].BlobFileValue.Offset = operations[0].Attributes["val"].BlobFileValue.Offset;
        });
        Assert.Equal(["NonFiniteValues", "UnreferencedBlob"], ModelValidator.Validate(path).Findings.Select(finding => finding.Rule).Order());
    }

    [Fact]
    public void Validate_LastValueOfALargeWeight_IsLookedAt()
    {
        using var scratch = new ScratchFolder();
        float[] values = new float[(3 << 20) + 5];
        values[^1] = float.NaN;
        string path = NetworkModels.Write(scratch.Combine("large.mlmodel"), NetworkModels.InnerProduct("fc", NetworkModels.Floats(values)));
        Assert.Equal(["NonFiniteValues"], ModelValidator.Validate(path).Findings.Select(finding => finding.Rule));
    }

    [Fact]
    public void Validate_Cancelled_Stops()
    {
        using var scratch = new ScratchFolder();
        Assert.Throws<OperationCanceledException>(() => ModelValidator.Validate(BrokenModels.Relu().Write(scratch), new System.Threading.CancellationToken(canceled: true)));
    }

    [Fact]
    public void Document_ListsEveryRuleWithItsSeverity()
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestFiles.Root, "docs", "VALIDATION.md"));
        foreach (ValidationRule rule in Enum.GetValues<ValidationRule>())
        {
            string line = Assert.Single(lines, line => line.StartsWith($"| `{rule}` |", StringComparison.Ordinal));
            Assert.Contains($"| {ValidationRules.SeverityOf(rule)} |", line);
        }
    }
}
