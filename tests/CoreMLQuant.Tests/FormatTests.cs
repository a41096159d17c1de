using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class FormatTests : ModuleTest
{
    private const string LongName = "a-model-with-a-name-that-is-much-too-long-for-any-table-of-a-hundred-and-twenty-columns";

    [Theory]
    [InlineData("Get-CoreMLModel $args[0]", "Precision", "Float32", "MLProgram")]
    [InlineData("Get-CoreMLWeight $args[0]", "OpType", "conv", "Float32")]
    [InlineData("Get-CoreMLWeight $args[0] -Statistics", "StdDev", "FP16Under", " %")]
    [InlineData("Expand-CoreMLModel (ConvertTo-Fp16Model $args[0] -WeightsOnly -Force -WarningAction Ignore).Path -Force", "Ratio", "Converted", "exact")]
    [InlineData("ConvertTo-Fp16Model $args[0] -Force", "Ratio", "Converted", " dB")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force).Weights", "Reason", "Convert", " dB")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel).Weights", "WorstChannel", "Float16", " dB")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel).Operations", "Change", "Retyped", "conv Float16")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel).Encodings", "Encoding", "Float16", " KB")]
    public void Table_FitsTheScreen(string script, params string[] expected)
    {
        string model = Folder.Add(Workspace.Package, LongName + ".mlpackage");
        string[] lines = Session.Display(script, model).Split('\n');
        Assert.All(expected, word => Assert.Contains(lines, line => line.Contains(word)));

        // The group's heading holds a path and may be as long as it is.
        Assert.All(
            lines.Where(line => !line.Contains("ModelPath: ") && !line.Contains("Folder: ")),
            line => Assert.InRange(line.Length, 0, FixedScreen.Width));
        Assert.DoesNotContain(lines, line => line.Contains("PSPath"));
    }

    [Theory]
    [InlineData("CoreMLQuant.Sensitivity.WeightSensitivity", 80)]
    [InlineData("CoreMLQuant.Sensitivity.WeightSensitivity", 120)]
    [InlineData("CoreMLQuant.Conversion.WeightResult", 80)]
    [InlineData("CoreMLQuant.Conversion.WeightResult", 120)]
    [InlineData("CoreMLQuant.Results.PlannedWeight", 80)]
    [InlineData("CoreMLQuant.Results.CoreMLWeight", 120)]
    [InlineData("CoreMLQuant.Comparison.WeightComparison", 120)]
    public void Table_OfWeights_TellsNamesApartThatDifferInTheMiddle(string type, int width)
    {
        string[] names = ["encoder_layers_0_weight_to_fp16", "encoder_layers_2_weight_to_fp16", "model_layers_12_self_attn_q_proj_weight_to_fp16", "model_layers_12_self_attn_k_proj_weight_to_fp16"];
        string shown = Session.Display($"$args | ForEach-Object {{ [pscustomobject]@{{ PSTypeName = '{type}'; Name = $_ }} }} | Format-Table | Out-String -Width {width}", names);
        string column = string.Concat(shown.Split('\n').Select(line => line.Split(' ')[0]));
        Assert.All(names, name => Assert.Contains(name, column));
    }

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("fire9/expand3x3", 10, "fire9/|expand3x3")]
    [InlineData("withoutanyseparator", 10, "withoutany|separator")]
    [InlineData("_x", 10, "_x")]
    [InlineData("a_0123456789", 10, "a_01234567|89")]
    [InlineData("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee", 10, "aaaaaaaaaa|bbbbbbbbb.|..dddddddd|eeeeeeeeee")]
    public void Name_IsBrokenBehindSeparators(string name, int width, string lines) =>
        Assert.Equal(lines.Split('|'), ((string)Run("[CoreMLQuant.Formatting.DisplayText]::Name($args[0], $args[1])", name, width).Clean().Single().BaseObject).Split(Environment.NewLine));

    [Fact]
    public void Table_OfModels_ShowsTheLastColumnWhole()
    {
        Folder.Add("nn_cnn/fp32.mlmodel", LongName + ".mlmodel");
        Folder.Add("nn_cnn/kmeans_lut4.mlmodel", "palettized.mlmodel");
        Folder.Add("convnet_iOS18/joint_prune50_q8.mlpackage", "joint.mlpackage");
        string shown = Session.Display("Get-CoreMLModel $args[0]", Folder.Root);
        Assert.Contains("iOS 11, macOS 10.13", shown);
        Assert.Contains("iOS 18, macOS 15", shown);
        Assert.Contains("Palettized 4-bit", shown);
        Assert.Contains(".mlmodel", shown);

        shown = Session.Display("ConvertTo-Fp16Model $args[0] -WarningAction Ignore", Folder["*"]);
        Assert.Contains("iOS 11.2, macOS 10.13.2", shown);
        Assert.Contains("_fp16.mlmodel", shown);
    }

    [Fact]
    public void Table_OfModels_RightAlignsSizes()
    {
        Folder.Add(Workspace.Package, "big.mlpackage");
        Folder.Add(Workspace.Network, "small.mlmodel");
        string[] lines = Session.Display("Get-CoreMLModel $args[0]", Folder.Root).Split('\n');
        string header = lines.Single(line => line.Contains("Precision"));
        int end = header.IndexOf("Size", StringComparison.Ordinal) + "Size".Length;
        string[] rows = lines.Where(line => line.Contains(".ml") && !line.Contains(':')).ToArray();
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal("KB", row.Substring(end - 2, 2)));
    }

    [Theory]
    [InlineData("Get-CoreMLModel $args[0]", "SpecificationVersion : 6", "Metadata ", "com.github.apple.coremltools", "WeightSize ")]
    [InlineData("Get-CoreMLWeight $args[0]", "StorageType ", "ModelPath ", "Shape ", "BitsPerWeight ")]
    [InlineData("ConvertTo-Fp16Model $args[0] -Force", "Recipe ", "RequiredOS ", "MaxError ", "Elapsed ")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force).Weights", "EncodingBefore ", "EncodingAfter ", "Snr ")]
    public void List_ShowsEveryValue(string script, params string[] expected)
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string shown = Session.Display($"{script} | Format-List", model);
        Assert.All(expected, word => Assert.Contains(word, shown));
        Assert.DoesNotContain("PSPath", shown);

        // A value that a view could not compute is shown as nothing: these always have one.
        Assert.DoesNotContain("Size :\n", shown.Replace(" ", string.Empty).Replace(":", " :"));
    }

    [Theory]
    [InlineData("Get-CoreMLModel $args[0]", "RequiredOS ", "Metadata")]
    [InlineData("(Get-CoreMLWeight $args[0])[0]", "Size ", "Consumers")]
    [InlineData("ConvertTo-Fp16Model $args[0] -Force", "MinSnr ", "Weights")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force).Weights[0]", "MaxError ", "ElementCount")]
    public void Remainder_OfMixedOutput_IsShort(string script, string expected, string absent)
    {
        // PowerShell shows an object that follows others in a table as a list, and uses no list view for it.
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string shown = Session.Display($"Get-Command Get-CoreMLModel; {script}", model);
        Assert.Contains(expected, shown);
        Assert.DoesNotContain(absent, shown);
        Assert.DoesNotContain("PSPath", shown);
        shown = Session.Display($"Get-Command Get-CoreMLModel; {Copy($"({script})")}", model);
        Assert.Contains(expected, shown);
        Assert.DoesNotContain(absent, shown);
    }

    [Theory]
    [InlineData("CoreMLQuant.Models.CoreMLModel")]
    [InlineData("CoreMLQuant.Results.CoreMLWeight")]
    [InlineData("CoreMLQuant.Conversion.ConversionResult")]
    [InlineData("CoreMLQuant.Conversion.WeightResult")]
    [InlineData("CoreMLQuant.Results.ConversionPlan")]
    [InlineData("CoreMLQuant.Comparison.ModelComparison")]
    [InlineData("CoreMLQuant.Comparison.WeightComparison")]
    [InlineData("CoreMLQuant.Validation.Findings.Finding")]
    public void Type_HasTheSameDisplaySetAliveAndDeserialized(string type)
    {
        string[] alive = DisplaySet(type);
        Assert.NotEmpty(alive);
        Assert.Equal(alive, DisplaySet("Deserialized." + type));
        string[] members = MembersOf(type);
        Assert.All(alive, name => Assert.Contains(name, members));
    }

    [Theory]
    [InlineData("CoreMLQuant.Models.CoreMLModel")]
    [InlineData("CoreMLQuant.Results.CoreMLWeight")]
    [InlineData("CoreMLQuant.Models.ProgramOperation")]
    [InlineData("CoreMLQuant.Conversion.ConversionResult")]
    [InlineData("CoreMLQuant.Conversion.WeightResult")]
    [InlineData("CoreMLQuant.Results.ConversionPlan")]
    [InlineData("CoreMLQuant.Comparison.WeightComparison")]
    [InlineData("CoreMLQuant.Sensitivity.WeightSensitivity")]
    [InlineData("CoreMLQuant.Validation.Findings.Finding")]
    public void Type_HasATableAndAList(string type)
    {
        string[] kinds = Views()
            .Where(view => view.Descendants("TypeName").Any(name => name.Value == type))
            .Select(view => view.Element("TableControl") is null ? "list" : "table")
            .ToArray();
        Assert.Equal(["table", "list"], kinds);
        Assert.NotNull(Run($"[{type}]").Clean().Single());
    }

    public static TheoryData<string, string> ViewNames()
    {
        var names = new TheoryData<string, string>();
        foreach ((string file, XElement view) in ViewsOfAllFiles())
        {
            names.Add(Path.GetFileName(file), view.Element("Name")!.Value);
        }

        return names;
    }

    // The translator is loaded when something is translated, and its types are unknown before. What follows a # tells a view of the same type from others.
    private string[] MembersOf(string type) => Run(
        "$null = [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([CoreMLQuant.Conversion.ModelCompressor].Assembly).LoadFromAssemblyName('CoreMLQuant.Onnx')\n"
        + $"$found = [AppDomain]::CurrentDomain.GetAssemblies().ForEach({{ $_.GetType('{type.Split('#')[0]}') }}).Where({{ $_ }})[0]; $found.GetProperties().Name").Clean().Select(member => member.ToString()).ToArray();

    [Theory]
    [MemberData(nameof(ViewNames))]
    public void Headings_AreNamesOfProperties(string file, string name)
    {
        XElement view = ViewsOfAllFiles().Single(found => Path.GetFileName(found.File) == file && found.View.Element("Name")!.Value == name).View;
        string type = view.Descendants("TypeName").First().Value;
        string[] members = MembersOf(type);
        Assert.NotEmpty(members);
        Assert.All(view.Descendants("Label"), label => Assert.Contains(label.Value, members));

        // What stands below a heading is about that property.
        foreach ((XElement heading, XElement cell) in view.Descendants("TableColumnHeader").Zip(view.Descendants("TableColumnItem")))
        {
            Assert.Contains(heading.Element("Label")!.Value, cell.Value);
        }

        Assert.Equal(view.Descendants("TableColumnHeader").Count(), view.Descendants("TableColumnItem").Count());
        Assert.All(
            view.Descendants("ListItem").Where(item => item.Element("Label") is not null),
            item => Assert.Contains(item.Element("Label")!.Value, item.Element("ScriptBlock")!.Value));
    }

    [Theory]
    [InlineData("Get-CoreMLModel $args[0]")]
    [InlineData("Get-CoreMLWeight $args[0]")]
    [InlineData("Get-CoreMLProgram $args[0]")]
    public void Table_OfAScreenOf80_HasWholeHeadings(string script)
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string[] lines = Run($"{script} | Out-String -Stream -Width 80", model).Clean().Select(line => line.ToString()).ToArray();
        Assert.Contains(lines, line => line.Contains("Name "));
        Assert.DoesNotContain(lines, line => line.Trim().Length == 1);
    }

    [Theory]
    [MemberData(nameof(ViewNames))]
    public void Columns_FillAScreenOf80_AndFitOneOf120(string file, string name)
    {
        XElement view = ViewsOfAllFiles().Single(found => Path.GetFileName(found.File) == file && found.View.Element("Name")!.Value == name).View;
        XElement[] columns = view.Descendants("TableColumnHeader").ToArray();
        int[] ends = columns.Select((_, i) => columns.Take(i + 1).Sum(column => (int?)column.Element("Width") ?? 0) + i).ToArray();
        if (columns.Length == 0 || columns.Any(column => column.Element("Width") is null))
        {
            // The column without a width takes what is left: enough for its text at 80.
            Assert.InRange(ends.LastOrDefault(), 0, 60);
            return;
        }

        Assert.True(ends[^1] is <= 79 || ends.Contains(79), $"{name}: {string.Join(", ", ends)}");
        Assert.InRange(ends[^1], 0, 119);
        Assert.All(columns, column => Assert.InRange(column.Element("Label")!.Value.Length, 1, (int)column.Element("Width")!));
    }

    [Fact]
    public void Views_NameOnlyPropertiesThatExist()
    {
        foreach (XElement view in Views())
        {
            string type = view.Descendants("TypeName").First().Value;
            string[] members = MembersOf(type);
            Assert.All(view.Descendants("PropertyName"), property => Assert.Contains(property.Value, members));
            Assert.All(
                view.Descendants("ScriptBlock"),
                block => Assert.All(
                    System.Text.RegularExpressions.Regex.Matches(block.Value, @"\$_\.(\w+)"),
                    match => Assert.Contains(match.Groups[1].Value, members)));
        }
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "0.98 KB")]
    [InlineData(1536, "1.50 KB")]
    [InlineData(1048576, "1.00 MB")]
    [InlineData(209715200, "200 MB")]
    [InlineData(long.MaxValue, "8.00 EB")]
    public void Size_HasThreeDigits(long bytes, string expected) =>
        Assert.Equal(expected, Run($"[CoreMLQuant.Formatting.DisplayText]::Size({bytes})").Clean().Single().BaseObject);

    [Fact]
    public void Numbers_AreTheSameInEveryCulture() => Assert.Equal(["1,5", "1.50 KB"], Run("""
        $culture = [Threading.Thread]::CurrentThread.CurrentCulture
        $german = $culture.Clone()
        $german.NumberFormat.NumberDecimalSeparator = ','
        [Threading.Thread]::CurrentThread.CurrentCulture = $german
        (1.5).ToString()
        [CoreMLQuant.Formatting.DisplayText]::Size(1536)
        [Threading.Thread]::CurrentThread.CurrentCulture = $culture
        """).Clean().Select(text => text.ToString()));

    private static (string File, XElement View)[] ViewsOfAllFiles() => Directory
        .GetFiles(Path.Combine(Repository.Root, "module"), "*.Format.ps1xml", SearchOption.AllDirectories)
        .SelectMany(file => XDocument.Load(file).Descendants("View").Select(view => (file, view)))
        .ToArray();

    private static XElement[] Views() =>
        XDocument.Load(Path.Combine(Repository.Root, "module", "CoreMLQuant.Format.ps1xml")).Descendants("View").ToArray();

    private static string[] DisplaySet(string type) => XDocument.Load(Path.Combine(Repository.Root, "module", "CoreMLQuant.Types.ps1xml"))
        .Descendants("Type")
        .Where(element => element.Element("Name")!.Value == type)
        .Descendants("PropertySet")
        .Where(set => set.Element("Name")!.Value == "DefaultDisplayPropertySet")
        .SelectMany(set => set.Descendants("ReferencedProperties").Elements("Name"))
        .Select(name => name.Value)
        .ToArray();

    // As after remoting or a job.
    private static string Copy(string value) =>
        $"[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize({value}))";
}
