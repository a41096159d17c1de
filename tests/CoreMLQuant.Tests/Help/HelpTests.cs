using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests.Help;

/// <summary>The help says something about everything, and the same as the code.</summary>
public sealed class HelpTests(HelpSession session) : IClassFixture<HelpSession>
{
    private const string HowTo = "CONTRIBUTING.md, 'Help', says how to add it.";

    public static TheoryData<string> Pages => new(HelpPage.Names);

    [Fact]
    public void Help_HasEveryCmdletOfTheModule_AndEachAPage()
    {
        string[] cmdlets = [.. Commands().Select(command => command.Name).Order()];
        Assert.Equal(cmdlets, HelpFile.Cmdlets);
        string[] missing = [.. cmdlets.Except(HelpPage.Names)];
        Assert.True(missing.Length == 0, $"These cmdlets have no page in docs/help: {string.Join(", ", missing)}. {HowTo}");
        Assert.Empty(HelpPage.Names.Except(cmdlets));
    }

    [Fact]
    public void Help_HasTextForEveryCmdletAndParameter()
    {
        IEnumerable<string> silent = HelpFile.Cmdlets.Where(name => HelpFile.Synopsis(name).Length == 0 || HelpFile.Description(name).Length == 0)
            .Concat(HelpFile.Cmdlets.SelectMany(name => HelpFile.Parameters(name).Where(parameter => parameter.Text.Length == 0).Select(parameter => $"{name} -{parameter.Name}")));
        Assert.True(!silent.Any(), $"There is no text for: {string.Join(", ", silent)}. {HowTo}");
    }

    [Fact]
    public void Help_NamesTheParametersTypesAndDefaultsOfTheCode() => Assert.All(Commands(), command =>
    {
        object instance = Activator.CreateInstance(command.ImplementingType)!;
        Dictionary<string, HelpParameter> help = HelpFile.Parameters(command.Name).ToDictionary(parameter => parameter.Name);
        Assert.Equal(command.Parameters.Keys.Except(Cmdlet.CommonParameters).Order(), help.Keys.Order());
        foreach (HelpParameter parameter in help.Values)
        {
            Type type = command.Parameters[parameter.Name].ParameterType;
            Assert.Equal(TypeName(Nullable.GetUnderlyingType(type) ?? type), parameter.Type);

            // Where the code's value is no more than the first of its type, a comment may say what happens.
            if (command.ImplementingType.GetProperty(parameter.Name) is { } property && Value(property, instance) is { Length: > 0 } value && value != "0" && value != "-1")
            {
                Assert.Equal((command.Name, parameter.Name, value), (command.Name, parameter.Name, parameter.Default));
            }
        }
    });

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_HasFourExamples(string cmdlet) => Assert.InRange(HelpPage.Read($"help/{cmdlet}.md").Examples.Count, 4, int.MaxValue);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_NamesWhatTheCmdletTakesAndReturns(string cmdlet)
    {
        CmdletInfo command = Commands().Single(command => command.Name == cmdlet);
        Assert.Equal(command.OutputType.Select(type => type.Name).Order(), HelpFile.Outputs(cmdlet).Order());

        // What a parameter takes from the pipeline as its own type. Those that take text or anything are described by what is useful to pipe.
        IEnumerable<string> taken = command.Parameters.Values
            .Where(parameter => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline))
            .Select(parameter => parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType)
            .Where(type => type != typeof(object))
            .Select(type => type.FullName!);
        Assert.All(taken, type => Assert.Contains(type, HelpFile.Inputs(cmdlet)));
        Assert.NotEmpty(HelpFile.Inputs(cmdlet));
    }

    [Theory]
    [InlineData("Get-Help ConvertTo-QuantizedModel -Full", "-BlockSize <int[]>", "Default value                Symmetric", "Example 1", "CoreMLQuant.Conversion.ConversionResult", "Neural Engine")]
    [InlineData("Get-Help ConvertTo-QuantizedModel -Examples", "lama_int8.mlpackage")]
    [InlineData("Get-Help ConvertTo-QuantizedModel -Parameter *", "-Include <string[]>", "Accept wildcard characters?  true", "LargestDivisor: ")]
    [InlineData("Get-Help Get-CoreMLModel", "There is no online version yet.")]
    [InlineData("ConvertTo-PalettizedModel -?", "lookup table")]
    [InlineData("Get-Help about_CoreMLQuant", "SHORT DESCRIPTION")]
    [InlineData("Get-Help about_CoreMLQuant_Choosing", "Neural Engine")]
    [InlineData("Get-Help about_CoreMLQuant_Recipes", "config_type")]
    [InlineData("Get-Help about_CoreMLQuant_Validation", "InvalidManifest")]
    public void GetHelp_ShowsIt(string command, params string[] texts)
    {
        string shown = session.Session.Display(command);
        Assert.All(texts, text => Assert.Contains(text, shown));
    }

    [Fact]
    public void GetHelp_OfTopics_ListsThemWithTheirSynopses()
    {
        CommandRun topics = session.Session.Run("Get-Help about_CoreMLQuant* | Sort-Object Name");
        Assert.Equal(["about_CoreMLQuant", "about_CoreMLQuant_Calibration", "about_CoreMLQuant_Choosing", "about_CoreMLQuant_Recipes", "about_CoreMLQuant_Validation"], topics.Values("Name"));
        Assert.All(topics.Values("Synopsis"), synopsis => Assert.NotEmpty(synopsis));
    }

    [Fact]
    public void GetHelp_Online_SaysThatThereIsNoAddress() =>
        Assert.Equal("InvalidOperation", CommandRun.Id(session.Session.Run("Get-Help ConvertTo-Fp16Model -Online") is { Terminating: { } error } ? error : throw new InvalidOperationException()));

    [Fact]
    public void Topics_FitAConsole() => Assert.All(
        Directory.GetFiles(HelpFile.Folder, "about_*.help.txt").SelectMany(File.ReadLines).Where(line => !line.StartsWith("        ", StringComparison.Ordinal)),
        line => Assert.True(line.Length <= 80, line));

    private CmdletInfo[] Commands() => [.. session.Session.Run("Get-Command -Module CoreMLQuant").Clean().Select(command => (CmdletInfo)command.BaseObject)];

    // PowerShell's own name for types of .NET and its own.
    private static string TypeName(Type type) => type.Namespace!.StartsWith("System", StringComparison.Ordinal)
        ? Microsoft.PowerShell.ToStringCodeMethods.Type(PSObject.AsPSObject(type)).Split('.')[^1]
        : type.Name;

    private static string? Value(PropertyInfo property, object instance) => property.GetValue(instance) switch
    {
        Array items => string.Join(", ", items.Cast<object>()),
        { } value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        null => null,
    };
}
