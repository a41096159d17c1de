using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>What cmdlets return, as it is when it is sorted, selected, or written to JSON, CSV and Clixml.</summary>
public sealed class ExportedOutputTests : ModuleTest
{
    private readonly string _model;

    public ExportedOutputTests() => _model = Folder.Add(Workspace.Package, "net.mlpackage");

    public static TheoryData<string> Outputs() =>
    [
        "Get-CoreMLModel $args[0]",
        "Get-CoreMLWeight $args[0]",
        "Get-CoreMLWeight $args[0] -Statistics",
        "ConvertTo-Fp16Model $args[0] -Force",
        "(ConvertTo-Fp16Model $args[0] -Force).Weights",
        "ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel",
        "(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel).Weights",
        "(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel).Operations",
        "(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel).Encodings",
        "ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel -RandomInput",
        "(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel -RandomInput).Outputs",
        "ConvertTo-QuantizedModel $args[0] -PlanOnly",
        "(ConvertTo-QuantizedModel $args[0] -PlanOnly).Weights",
        "Test-CoreMLModel $args[0] -Detailed",
        "ConvertTo-OnnxModel $args[0] -Force",
        "Get-CoreMLProgram $args[0]",
        "Invoke-CoreMLModel $args[0] -RandomInput",
    ];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Csv_IsFlat(string script)
    {
        string[] lines = Run($"{script} | ConvertTo-Csv", _model).Output.Select(line => line.ToString()).ToArray();
        Assert.True(lines.Length > 1);
        Assert.All((string[])["CoreMLQuant.", "System.", " { ", "PSPath"], word => Assert.All(lines, line => Assert.DoesNotContain(word, line)));
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Properties_AreNoEnums(string script)
    {
        PSObject[] output = Run(script, _model).Output.ToArray();
        Assert.NotEmpty(output);
        Assert.All(output, item => Assert.DoesNotContain(item.Properties.Where(property => property.MemberType == PSMemberTypes.Property), property => property.Value is System.Enum));
    }

    [Theory]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force | ConvertTo-Json -Depth 3 | ConvertFrom-Json).Status", "Converted")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force | ConvertTo-Json -Depth 3 | ConvertFrom-Json).Weights[0].Action", "Convert")]
    [InlineData("(Get-CoreMLModel $args[0] | ConvertTo-Json -Depth 3 | ConvertFrom-Json).Format", "MLProgram")]
    [InlineData("((Get-CoreMLWeight $args[0])[0] | ConvertTo-Json | ConvertFrom-Json).ElementType", "Float32")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force | ConvertTo-Csv | ConvertFrom-Csv).Weights", "18 weights")]
    [InlineData("(Get-CoreMLModel $args[0] | ConvertTo-Csv | ConvertFrom-Csv).Inputs", "image: Float32 [1, 3, 32, 32]")]
    [InlineData("(Get-CoreMLWeight $args[0] | ConvertTo-Csv | ConvertFrom-Csv)[0].Shape", "16; 3; 3; 3")]
    [InlineData("(Get-CoreMLProgram $args[0] | ConvertTo-Csv | ConvertFrom-Csv)[-1].psobject.Properties.Name[0]", "Name")]
    [InlineData("(Get-CoreMLProgram $args[0] -OpType softmax | ConvertTo-Csv | ConvertFrom-Csv).Outputs", "tensor<fp32, [1, 10]> probs")]
    [InlineData("(Invoke-CoreMLModel $args[0] -RandomInput | ConvertTo-Csv | ConvertFrom-Csv).Outputs", "probs: Float32 [1, 10]")]
    [InlineData("(Test-CoreMLModel $args[0] | ConvertTo-Csv | ConvertFrom-Csv).IsValid", "True")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((ConvertTo-Fp16Model $args[0] -Force))).Status", "Converted")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((ConvertTo-Fp16Model $args[0] -Force))).Weights[0].Action", "Convert")]
    public void Text_IsTextEverywhere(string script, string expected) => Assert.Equal(expected, Run(script, _model).Output.Single().ToString());

    [Fact]
    public void ShownNames_SortFilterAndSelect()
    {
        long[] sizes = Run("Get-CoreMLWeight $args[0] | Sort-Object Size -Descending | ForEach-Object Size", _model).Clean().Select(size => (long)size.BaseObject).ToArray();
        Assert.Equal(sizes.OrderDescending(), sizes);
        Assert.True(sizes[0] > sizes[^1]);
        Assert.Equal(18, Run("Get-CoreMLWeight $args[0] | Where-Object Encoding -eq Float32", _model).Clean().Count);
        Assert.Single(Run("Get-CoreMLModel $args[0] | Where-Object Name -eq net.mlpackage", _model).Clean());
        PSObject row = Run("ConvertTo-Fp16Model $args[0] | Select-Object Before, After, Converted, MinSNR, RequiredOS", _model).Clean().Single();
        Assert.All(row.Properties, property => Assert.NotNull(property.Value));
    }

    [Fact]
    public void Statistics_AreShownAfterATableOfWeights()
    {
        string shown = Session.Display("Get-CoreMLWeight $args[0] -OpType linear; Get-CoreMLWeight $args[0] -OpType linear -Statistics", _model);
        Assert.Contains("ElementCount", shown);
        Assert.Contains("StdDev", shown);
    }
}
