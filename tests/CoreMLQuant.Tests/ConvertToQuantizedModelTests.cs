using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ConvertToQuantizedModelTests : ModuleTest
{
    private const string Newest = "convnet_iOS18/fp32.mlpackage";

    [Fact]
    public void Model_IsQuantizedBesideItsSource()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string before = Workspace.Hash(source);

        CommandRun run = Run("ConvertTo-QuantizedModel $args[0]", source);

        run.Clean();
        Assert.Equal([Folder["net_int8.mlpackage"]], run.Values("Path"));
        Assert.Equal(["Converted"], run.Values("Status"));
        Assert.Equal(["Int8 symmetric per channel"], run.Values("Recipe"));
        Assert.Equal(before, Workspace.Hash(source));
        string[] encodings = Run("Get-CoreMLWeight $args[0] -MinimumElementCount 2048", Folder["net_int8.mlpackage"]).Values("Encoding");
        Assert.NotEmpty(encodings);
        Assert.All(encodings, encoding => Assert.Equal("Linear 8-bit", encoding));
    }

    [Theory]
    [InlineData("-BitWidth 4", "Int4 symmetric per channel", "_int4")]
    [InlineData("-Unsigned -Mode Affine", "UInt8 affine per channel", "_uint8")]
    [InlineData("-Granularity PerTensor", "Int8 symmetric per tensor", "_int8")]
    [InlineData("-Granularity PerBlock", "Int8 symmetric per block of 32", "_int8")]
    [InlineData("-BlockSize 8", "Int8 symmetric per block of 8", "_int8")]
    [InlineData("-BitWidth 4 -RangeEstimator MeanSquaredError -AllowOpsetUpgrade", "Int4 symmetric per channel, least squared error", "_int4")]
    [InlineData("-RangeEstimator Percentile", "Int8 symmetric per channel, outermost values cut off", "_int8")]
    [InlineData("-RangeEstimator Percentile -Percentile 99.5", "Int8 symmetric per channel, cut off at percentile 99.5", "_int8")]
    [InlineData("-Percentile 99", "Int8 symmetric per channel, cut off at percentile 99", "_int8")]
    [InlineData("-Method RoundToNearest -NoBiasCorrection -NoActOrder", "Int8 symmetric per channel", "_int8")]
    [InlineData("-BitWidth 4 -BlockSize 1, 8 -Fallback PerChannel", "Int4 symmetric per block of 1x8", "_int4")]
    public void Parameters_AreTheRecipe(string parameters, string recipe, string suffix)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] {parameters}", source);
        run.Clean();
        Assert.Equal([recipe], run.Values("Recipe"));
        Assert.Equal([Folder[$"net{suffix}.mlpackage"]], run.Values("Path"));
    }

    [Theory]
    [InlineData("-BitWidth 5 -Mode Affine", "Int5 affine per channel", "_int5", "UInt5", 3)]
    [InlineData("-Int8MatrixMultiply", "Int8 symmetric per channel", "_int8", "Int8", 5)]
    public void NeuralNetwork_IsQuantizedByTheSameCommand(string parameters, string recipe, string suffix, string type, int version)
    {
        string source = Folder.Add("nn_embeds/fp32.mlmodel", "net.mlmodel");
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] {parameters}", source);
        run.Clean();
        Assert.Equal([recipe], run.Values("Recipe"));
        Assert.Equal([System.Math.Max(4, version).ToString()], run.Values("SpecificationVersionAfter"));
        Assert.Contains(type, Run("Get-CoreMLWeight $args[0] -MinimumElementCount 2048", Folder[$"net{suffix}.mlmodel"]).Values("StorageType"));
    }

    [Fact]
    public void NeuralNetwork_BiasesAndFolding_AreSwitches()
    {
        string source = Folder.Add("nn_cnn/fp32.mlmodel", "net.mlmodel");
        string[] Encodings(string parameters, string like) =>
            Run($"(ConvertTo-QuantizedModel $args[0] -MinimumElementCount 0 -Force {parameters}).Weights.Where({{ $_.Name -like '{like}' }}).EncodingAfter", source).Clean().Select(value => value.ToString()!).ToArray();

        Assert.Equal(["Float32"], Encodings(string.Empty, "fc1/bias"));
        Assert.Equal(["Linear 8-bit"], Encodings("-IncludeBias", "fc1/bias"));
        Assert.Equal(["Float32"], Encodings(string.Empty, "bn1/gamma"));
        Assert.Equal(["Folded"], Encodings("-FoldBatchNorm", "bn1/gamma"));
    }

    [Fact]
    public void MinimumElementCount_IsStrictlyMore()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        long[] counts = Run("(Get-CoreMLWeight $args[0]).Where({ $_.Shape.Count -ge 2 }).ElementCount", source).Clean().Select(count => (long)count.BaseObject).ToArray();
        long smallest = counts.Min();

        string Converted(long minimum) => Run($"ConvertTo-QuantizedModel $args[0] -Force -MinimumElementCount {minimum}", source).Values("Converted").Single();

        Assert.Equal(counts.Length.ToString(), Converted(smallest - 1));
        Assert.Equal(counts.Count(count => count > smallest).ToString(), Converted(smallest));
    }

    [Theory]
    [InlineData("-BitWidth 9")]
    [InlineData("-BitWidth 0")]
    [InlineData("-BlockSize 0")]
    [InlineData("-BlockSize -1")]
    [InlineData("-BlockSize 8 -Granularity PerChannel")]
    [InlineData("-Percentile 50")]
    [InlineData("-Percentile 100.1")]
    [InlineData("-Percentile 99 -RangeEstimator MinMax")]
    public void Contradiction_EndsTheRunBeforeAnyFile(string parameters)
    {
        CommandRun run = Run($"ConvertTo-QuantizedModel nosuchmodel.mlpackage {parameters}");
        Assert.Equal("InvalidRecipe", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
    }

    [Theory]
    [InlineData("-ActivationBitWidth 8", "Int8 symmetric per channel, Int8 symmetric activations", "_int8_a8", true)]
    [InlineData("-Mode Affine", "Int8 affine per channel, Int8 affine activations", "_int8_a8", true)]
    [InlineData("-ActivationMode Affine -BitWidth 4", "Int4 symmetric per channel, Int8 affine activations", "_int4_a8", true)]
    [InlineData("-ActivationsOnly -Unsigned", "UInt8 symmetric activations", "_a8", false)]
    public void Activations_AreQuantizedWithOrWithoutWeights(string parameters, string recipe, string suffix, bool withWeights)
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage"), ranges = Folder.AddText("ranges.json", Workspace.Ranges);
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] -ActivationRanges $args[1] -AllowOpsetUpgrade -WarningAction Ignore {parameters}", source, ranges);

        run.Clean();
        Assert.Equal([recipe], run.Values("Recipe"));
        Assert.Equal([Folder[$"net{suffix}.mlpackage"]], run.Values("Path"));
        Assert.Equal(withWeights, run.Values("Converted")[0] != "0");
        Assert.Equal("12", Run("(ConvertTo-QuantizedModel $args[0] -ActivationRanges $args[1] -AllowOpsetUpgrade -PlanOnly -WarningAction Ignore).Activations.Count", source, ranges).Clean().Single().ToString());
        Assert.Equal(["True"], Run("Test-CoreMLModel $args[0]", Folder[$"net{suffix}.mlpackage"]).Values("IsValid"));
    }

    [Fact]
    public void Activations_OfANetworkWithoutExactShapes_Warn()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8", Folder.Add("nn_cnn/fp32.mlmodel", "net.mlmodel"));
        Assert.Contains(run.Warnings, warning => warning.Contains("arrayInputShapeMapping") && warning.Contains("no activation is quantized"));
    }

    [Fact]
    public void ActivationRanges_AsAHashtable_AreTheSame()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage"), ranges = Folder.AddText("ranges.json", Workspace.Ranges);
        Run(
            """
            $table = @{}
            (Get-Content -Raw $args[1] | ConvertFrom-Json).PSObject.Properties | ForEach-Object { $table[$_.Name] = @{ rmin = $_.Value.rmin; rmax = $_.Value.rmax } }
            ConvertTo-QuantizedModel $args[0] -ActivationRanges $args[1] -AllowOpsetUpgrade -DestinationPath $args[2] -WarningAction Ignore
            ConvertTo-QuantizedModel $args[0] -ActivationRanges $table -AllowOpsetUpgrade -DestinationPath $args[3] -WarningAction Ignore
            """,
            source,
            ranges,
            Folder["a.mlpackage"],
            Folder["b.mlpackage"]).Clean();
        Assert.Equal(
            System.IO.File.ReadAllBytes(Folder["a.mlpackage/Data/com.apple.CoreML/model.mlmodel"]),
            System.IO.File.ReadAllBytes(Folder["b.mlpackage/Data/com.apple.CoreML/model.mlmodel"]));
    }

    [Fact]
    public void ActivationRanges_ThatAreMissing_AreAnErrorOfTheModel_ThatNamesAll()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -ActivationRanges @{ image = @{ rmin = -1; rmax = 1 }; imge = @{ rmin = 0; rmax = 1 } } -AllowOpsetUpgrade", source);

        Assert.Equal(["RecipeNotApplicable"], run.ErrorIds);
        Assert.Contains("lacks the ranges of 'relu_0', ", run.Errors[0].ToString());
        Assert.Contains("'fc2'", run.Errors[0].ToString());
        Assert.Contains("'imge'", run.Errors[0].ToString());
    }

    [Theory]
    [InlineData("-ActivationBitWidth 4", "InvalidRecipe", "Int8 and UInt8")]
    [InlineData("-ActivationMode Affine", "InvalidRecipe", "-ActivationBitWidth 8")]
    [InlineData("-ActivationPercentile 99", "InvalidRecipe", "-ActivationBitWidth 8")]
    [InlineData("-ActivationBitWidth 8 -ActivationPercentile 0", "InvalidRecipe", "more than 50")]
    [InlineData("-ActivationBitWidth 8 -ActivationPercentile 99 -ActivationRangeEstimator MinMax", "InvalidRecipe", "-ActivationRangeEstimator Percentile")]
    [InlineData("-MinimumOutputSnr 20", "InvalidRecipe", "-ActivationBitWidth 8")]
    [InlineData("-ActivationBitWidth 8 -MinimumOutputSnr 20", "InvalidRecipe", "-InputPath")]
    [InlineData("-ActivationBitWidth 8 -MinimumAgreement 0.9", "InvalidRecipe", "A minimum agreement is measured on samples")]
    [InlineData("-ActivationRanges ./nosuch.json", "InvalidRecipeFile", "nosuch.json")]
    [InlineData("-ActivationRanges @{ a = 1; b = @{ rmin = 2; rmax = 1 }; c = @{ rmin = 0 }; d = @{ rmin = 0; rmax = 1; mean = 2 } }", "InvalidRecipeFile", "a range must be a map")]
    public void Activations_ThatAreWrong_EndTheRunBeforeAnyFile(string parameters, string id, string message)
    {
        Session.SetLocation(Folder.Root);
        CommandRun run = Run($"ConvertTo-QuantizedModel nosuchmodel.mlpackage {parameters}");
        Assert.Equal(id, CommandRun.Id(run.Terminating!));
        Assert.Contains(message, run.Terminating!.ToString());
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void Opset_ThatIsTooOld_IsAnErrorOfTheModel_ThatNamesTheWayOut()
    {
        Folder.Add("convnet_iOS16/fp32.mlpackage", "a.mlpackage");
        Folder.Add(Newest, "b.mlpackage");

        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -BitWidth 4 -DestinationPath $args[1]", Folder["*.mlpackage"], Folder["out"]);

        Assert.Equal(["RecipeNotApplicable"], run.ErrorIds);
        Assert.Equal([Folder["b.mlpackage"]], run.Values("SourcePath"));
        string message = run.Errors[0].ToString();
        Assert.Contains(Folder["a.mlpackage"], message);
        Assert.Contains("CoreML8 (iOS 18, macOS 15)", message);
        Assert.Contains("-AllowOpsetUpgrade", message);
        Assert.DoesNotContain(Folder.Entries(), entry => entry.StartsWith("out/a", System.StringComparison.Ordinal));

        run = Run("ConvertTo-QuantizedModel $args[0] -BitWidth 4 -AllowOpsetUpgrade", Folder["a.mlpackage"]);
        run.Clean();
        Assert.Equal(["iOS 18, macOS 15"], run.Values("RequiredOS"));
        Assert.Contains(run.Warnings, warning => warning.Contains("iOS 18"));
    }

    [Fact]
    public void IncludeAndExclude_Select()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run("(ConvertTo-QuantizedModel $args[0] -Include conv, linear -Exclude fc*).Weights.Where({ $_.Action -eq 'Convert' })", source);
        run.Clean();
        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain(run.Values("OpType"), type => type == "conv_transpose");
        Assert.DoesNotContain(run.Values("Name"), name => name.StartsWith("fc", System.StringComparison.Ordinal));
    }
}
