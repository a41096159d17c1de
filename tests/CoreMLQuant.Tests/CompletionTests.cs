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

    [Theory]
    [InlineData("Get-ChildItem '{0}' | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("Get-ChildItem '{0}' -Recurse | Where-Object Length -gt 0 | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("Get-CoreMLModel '{0}' | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("'{0}' | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("$x = '{0}'; $x | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("$x = '{0}'; ConvertTo-Fp16Model $x -Exclude ")]
    [InlineData("$x = '{0}'; Get-ChildItem -LiteralPath $x | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("$known | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("ConvertTo-Fp16Model -Path $known -Exclude ")]
    [InlineData("$models | ConvertTo-Fp16Model -Exclude ")]
    [InlineData("ConvertTo-Fp16Model '{0}' -Exclude ")]
    public void Names_OfAModelInThePipelineOrAVariable_AreOffered(string line)
    {
        string model = Folder.Add(Workspace.Network, "m/net[1].mlmodel");
        Run("$global:known = $args[0]; $global:models = Get-CoreMLModel -LiteralPath $args[1]", Folder["m"], model).Clean();
        string name = Run("Get-CoreMLWeight -LiteralPath $args[0]", model).Values("OpName")[0];
        Assert.Contains(name, Session.Complete(string.Format(line, Folder["m"]) + name.Substring(0, 1)).Select(text => text.Trim('\'')));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel x -BitWidth ", "4", "8")]
    [InlineData("ConvertTo-PalettizedModel x -BitWidth ", "6", "1")]
    [InlineData("ConvertTo-QuantizedModel x -ActivationBitWidth ", "8")]
    [InlineData("ConvertTo-QuantizedModel x -Percentile ", "99.9", "99")]
    [InlineData("ConvertTo-QuantizedModel x -ActivationPercentile ", "99.9", "99")]
    [InlineData("ConvertTo-QuantizedModel x -ActivationMode ", "Affine", "Symmetric")]
    [InlineData("ConvertTo-QuantizedModel x -ActivationRanges ", "recipe.yaml", "other.psd1")]
    [InlineData("ConvertTo-QuantizedModel x -BlockSize ", "32", "64")]
    [InlineData("ConvertTo-PrunedModel x -BlockSize ", "32", "64")]
    [InlineData("ConvertTo-PalettizedModel x -GroupSize ", "8", "16")]
    [InlineData("Optimize-CoreMLModel x -TargetSize ", "50MB", "100MB")]
    [InlineData("Optimize-CoreMLModel x -Recipe ", "recipe.yaml", "other.psd1")]
    public void Values_AreOffered_AndNoFilesWhereANumberIsDue(string line, params string[] expected)
    {
        foreach (string file in (string[])["recipe.yaml", "other.psd1", "9.txt", "a.mlmodel"])
        {
            Folder.AddText(file, string.Empty);
        }

        Session.SetLocation(Folder.Root);
        string[] offered = Session.Complete(line).Select(text => text.Replace("./", string.Empty).Replace(".\\", string.Empty)).ToArray();
        Assert.All(expected, value => Assert.Contains(value, offered));
        Assert.DoesNotContain(offered, value => value.EndsWith(".txt") || value.EndsWith(".mlmodel"));
        Assert.DoesNotContain(Session.Complete(line + "9"), value => value.Contains("9.txt"));
    }

    [Fact]
    public void Numbers_OfEveryCmdlet_AreOffered_AndNoFiles()
    {
        foreach (string file in (string[])["0.txt", "1.txt", "9.txt", "net.mlmodel"])
        {
            Folder.AddText(file, string.Empty);
        }

        Session.SetLocation(Folder.Root);
        string[] lines = Run("""
            $common = [Management.Automation.PSCmdlet]::CommonParameters
            foreach ($command in Get-Command -Module CoreMLQuant -CommandType Cmdlet) {
                foreach ($parameter in $command.Parameters.Values | Where-Object Name -notin $common) {
                    $type = $parameter.ParameterType
                    if ($type.IsArray) { $type = $type.GetElementType() }
                    $type = [Nullable]::GetUnderlyingType($type) ?? $type
                    if ($type.IsValueType -and -not $type.IsEnum -and $type -notin [switch], [bool]) { "$($command.Name) -$($parameter.Name) " }
                }
            }
            """).Clean().Select(line => line.ToString()).ToArray();
        Assert.True(lines.Length > 30, string.Join("\n", lines));
        Assert.All(lines, line =>
        {
            string[] offered = Session.Complete(line);
            Assert.NotEmpty(offered);
            Assert.All(offered, value => Assert.True(char.IsDigit(value[0]), $"{line}: {value}"));
            Assert.DoesNotContain(offered.Concat(Session.Complete(line + "9")), value => value.EndsWith(".txt") || value.EndsWith(".mlmodel"));
        });
    }

    [Fact]
    public void FunctionsAndTypes_OfAProgram_AreOffered()
    {
        string model = Folder.Add("multifunction_iOS18/fp32.mlpackage", "net.mlpackage");
        Assert.Equal(Run("Get-CoreMLProgram $args[0]", model).Values("Function").Distinct(), Session.Complete($"Get-CoreMLProgram '{model}' -Function "));
        Assert.Equal(Run("Get-CoreMLProgram $args[0]", model).Values("OpType").Distinct().Order(System.StringComparer.Ordinal), Session.Complete($"Get-CoreMLProgram '{model}' -OpType "));
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
