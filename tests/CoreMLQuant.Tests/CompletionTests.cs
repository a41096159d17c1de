using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class CompletionTests : ModuleTest
{
    [Fact]
    public void Enumerations_AreOffered() =>
        Assert.Equal(["Float16", "Float32"], Session.Complete("ConvertTo-Fp16Model x -InputOutputPrecision ").Order());

    [Theory]
    [InlineData("ConvertTo-QuantizedModel x -Granularity ", "PerBlock, PerChannel, PerTensor")]
    [InlineData("ConvertTo-QuantizedModel x -Fallback ", "LargestDivisor, PerChannel, Skip")]
    [InlineData("ConvertTo-PalettizedModel x -Mode ", "Custom, KMeans, Uniform, Unique")]
    public void Enumerations_OfTheCompressions_AreOffered(string line, string expected) =>
        Assert.Equal(expected, string.Join(", ", Session.Complete(line).Order()));

    [Theory]
    [InlineData("Get-CoreMLWeight '{0}' -OpType ", "OpType")]
    [InlineData("Get-CoreMLWeight '{0}' -Name ", "Name")]
    [InlineData("ConvertTo-Fp16Model '{0}' -KeepFloat32 ", "OpType")]
    [InlineData("ConvertTo-Fp16Model -LiteralPath '{0}' -Exclude ", "OpName")]
    [InlineData("Optimize-CoreMLModel '{0}' -Include ", "OpType")]
    public void Names_OfTheModel_AreOffered(string line, string property)
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel");
        string[] expected = Run("Get-CoreMLWeight $args[0]", model).Values(property).Distinct().ToArray();
        string[] offered = Session.Complete(string.Format(line, model)).Select(text => text.Trim('\'')).ToArray();
        Assert.All(expected, name => Assert.Contains(name, offered));
    }

    [Fact]
    public void Names_AreFilteredByWhatIsTyped()
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel");
        string type = Run("Get-CoreMLWeight $args[0]", model).Values("OpType")[0];
        string[] offered = Session.Complete($"Get-CoreMLWeight '{model}' -OpType {type.Substring(0, 2).ToUpperInvariant()}");
        Assert.Contains(type, offered);
        Assert.All(offered, name => Assert.StartsWith(type.Substring(0, 2), name, System.StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Completion_OfAnythingElse_OffersNoNames()
    {
        Folder.AddText("bad.mlmodel", "no model");
        Session.SetLocation(Directory.CreateDirectory(Folder["empty"]).FullName);
        string[] lines =
        [
            "Get-CoreMLWeight -OpType ",
            "Get-CoreMLWeight nosuch.mlmodel -OpType ",
            "Get-CoreMLWeight Env:/PATH -OpType ",
            $"Get-CoreMLWeight '{Folder["bad.mlmodel"]}' -OpType ",
        ];
        Assert.All(lines, line => Assert.Empty(Session.Complete(line)));
    }
}
