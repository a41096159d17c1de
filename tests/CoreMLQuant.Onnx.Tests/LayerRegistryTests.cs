using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Networks;
using CoreMLQuant.Specification.Schema;
using Xunit;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Tests;

public sealed class LayerRegistryTests
{
    public static TheoryData<string> Kinds => [.. Enum.GetNames<Kind>().Where(kind => kind is not (nameof(Kind.None) or nameof(Kind.Custom)))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Find_KindOfSpecification_HasTranslation(string kind) => Assert.NotNull(LayerForms.Find(Enum.Parse<Kind>(kind)));

    [Fact]
    public void All_SinceOpset_IsOneThatTranslationsAreWrittenIn() => Assert.All(
        LayerForms.All, form => Assert.InRange(form.SinceOpset, TranslationOptions.OldestOpset, TranslationOptions.NewestOpset));

    [Fact]
    public void Check_CustomLayersAndMissingBlobs_NamesAllWithReasons()
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, "nn_cnn/fp32.mlmodel"));
        Model model = file.TakeSpecification();
        NeuralNetworkLayer first = model.NeuralNetwork.Layers[0], last = model.NeuralNetwork.Layers[model.NeuralNetwork.Layers.Count - 1];
        first.Custom = new CustomLayerParams { ClassName = "Swirl" };
        last.Input[0] = "nowhere";

        RunnabilityReport report = OnnxTranslator.Try(file, model, new TranslationOptions(), default).Report;

        Assert.Equal([first.Name, last.Name], report.NotRunnable.Select(operation => operation.Name));
        Assert.Contains("'Swirl'", report.NotRunnable[0].Reason);
        Assert.Contains("'nowhere'", report.NotRunnable[1].Reason);
    }
}
