using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class GetCoreMLProgramTests : ModuleTest
{
    [Fact]
    public void Get_ListsOperationsWithTheirConstants()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun run = Run("Get-CoreMLProgram $args[0] -OpType conv | Select-Object -First 1", model);
        dynamic operation = run.Clean().Single().BaseObject;
        Assert.Equal(("main", "conv", "CoreML5", string.Empty), ((string)operation.Function, (string)operation.OpType, (string)operation.Opset, (string)operation.Block));
        string[] inputs = [.. Run("(Get-CoreMLProgram $args[0] -OpType conv)[0].Inputs", model).Clean().Select(input => input.ToString())];
        Assert.Contains("groups = 1", inputs);
        Assert.Contains(inputs, input => input.StartsWith("strides = [", System.StringComparison.Ordinal));
        Assert.Equal(Run("(Get-CoreMLModel $args[0]).Functions", model).Values("OperationCount").Single(), Run("@(Get-CoreMLProgram $args[0]).Count", model).Clean().Single().ToString());
    }

    [Fact]
    public void Get_OperationsOfBlocks_NameTheOperationAroundThem()
    {
        string model = Folder.Add("control_flow_iOS16/fp32.mlpackage", "net.mlpackage");
        string[] blocks = [.. Run("Get-CoreMLProgram $args[0]", model).Values("Block").Distinct()];
        Assert.Contains(string.Empty, blocks);
        Assert.All(blocks.Where(block => block.Length > 0), block => Assert.Contains(block, Run("Get-CoreMLProgram $args[0]", model).Values("Name")));
        Assert.True(blocks.Length > 1);
    }

    [Fact]
    public void Get_AsText_IsOneTextForEachProgram()
    {
        string text = Run("Get-CoreMLProgram $args[0] -AsText", Folder.Add("compiled/classifier.mlmodelc", "a.mlmodelc")).Clean().Single().ToString();
        Assert.Equal(System.IO.File.ReadAllText(Folder["a.mlmodelc/model.mil"]).ReplaceLineEndings("\n"), text);
        Assert.Equal(2, Run("Get-CoreMLProgram $args[0] -AsText", Folder.Add("compiled/pipeline.mlmodelc", "b.mlmodelc")).Clean().Count);
        Assert.Equal(["0", "1"], Run("Get-CoreMLProgram $args[0]", Folder["b.mlmodelc"]).Values("Stage").Distinct());
    }

    [Fact]
    public void Get_Function_ShowsOnlyThat()
    {
        string model = Folder.Add("multifunction_iOS18/fp32.mlpackage", "net.mlpackage");
        string[] functions = [.. Run("Get-CoreMLProgram $args[0]", model).Values("Function").Distinct()];
        Assert.Equal(2, functions.Length);
        Assert.Equal([functions[1]], Run("Get-CoreMLProgram $args[0] -Function $args[1]", model, functions[1]).Values("Function").Distinct());
        string text = Run("Get-CoreMLProgram $args[0] -AsText -Function $args[1]", model, functions[1]).Clean().Single().ToString();
        Assert.Contains($"func {functions[1]}<", text);
        Assert.DoesNotContain($"func {functions[0]}<", text);
    }

    [Fact]
    public void Get_WhatIsNoProgram_IsAnError()
    {
        Assert.Equal(["NotAProgram"], Run("Get-CoreMLProgram $args[0]", Folder.Add(Workspace.Network, "net.mlmodel")).ErrorIds);
        Assert.Equal("IncompatibleParameters", CommandRun.Id(Run("Get-CoreMLProgram $args[0] -AsText -OpType conv", Folder["net.mlmodel"]).Terminating!));
    }

    [Fact]
    public void Table_FitsTheScreen_AndShowsPropertiesUnderTheirNames()
    {
        string shown = Session.Display("Get-CoreMLProgram $args[0]", Folder.Add(Workspace.Package, "net.mlpackage"));
        Assert.All(["Function", "OpType", "Name", "Inputs", "Outputs"], heading => Assert.Contains(heading, shown));
        Assert.All(shown.Split('\n').Where(line => !line.Contains("ModelPath: ")), line => Assert.InRange(line.TrimEnd().Length, 0, FixedScreen.Width));
        shown = Session.Display("Get-CoreMLProgram $args[0] -OpType conv | Format-List", Folder["net.mlpackage"]);
        Assert.Contains("Opset ", shown);
    }
}
