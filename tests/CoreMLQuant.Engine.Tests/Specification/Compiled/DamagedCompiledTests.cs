using System;
using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Tests.Specification.Compiled;

/// <summary>Compiled models that are incomplete, damaged, of another kind or made to do harm: an error that says what and where, and no output.</summary>
public sealed class DamagedCompiledTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Model => _scratch.Combine("m.mlmodelc");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("model.espresso.net")]
    [InlineData(null)]
    public void Open_CompiledNeuralNetwork_SaysWhatItIsAndWhatToLookFor(string? file)
    {
        Directory.CreateDirectory(Model);
        File.WriteAllBytes(Path.Combine(Model, "coremldata.bin"), CompiledModels.Data(500, 3, "generic", 4, new ModelDescription()));
        if (file is not null)
        {
            File.WriteAllText(Path.Combine(Model, file), "{}");
        }

        CoreMLFormatException error = Refused(FormatRule.CompiledNeuralNetwork);
        Assert.Contains("compiled NeuralNetwork", error.Problem);
        Assert.Contains(".mlmodel", error.Remedy);
    }

    [Theory]
    [InlineData("coremldata.bin", FormatRule.CompiledModel)]
    [InlineData("model.mil", FormatRule.CompiledModel)]
    [InlineData("weights/weight.bin", FormatRule.MissingWeightFile)]
    public void Open_WithoutAFile_IsRefused(string file, FormatRule rule)
    {
        Compile();
        File.Delete(Path.Combine(Model, file));
        Refused(rule);
    }

    [Fact]
    public void Open_PipelineWithoutAStage_IsRefused()
    {
        CompiledModels.Compile(TestFiles.Fixture("pipeline_mlprogram", "fp32.mlpackage"), Model);
        Directory.Delete(Path.Combine(Model, "model1"), recursive: true);
        Refused(FormatRule.CompiledModel);
    }

    [Theory]
    [InlineData("@model_path/../../secret.bin", FormatRule.PathOutsidePackage)]
    [InlineData("/etc/passwd", FormatRule.PathOutsidePackage)]
    [InlineData("@model_path/weights/other.bin", FormatRule.MissingWeightFile)]
    public void Open_ReferenceThatLeavesTheFolder_IsRefused(string reference, FormatRule rule)
    {
        Compile();
        Edit("model.mil", text => text.Replace("@model_path/weights/weight.bin", reference, StringComparison.Ordinal));
        Refused(rule);
    }

    [Fact]
    public void Open_StageWhoseReferenceLeavesIt_IsRefused()
    {
        CompiledModels.Compile(TestFiles.Fixture("pipeline_mlprogram", "fp32.mlpackage"), Model);
        Edit("model0/model.mil", text => text.Replace("@model_path/weights/weight.bin", "@model_path/../model1/weights/weight.bin", StringComparison.Ordinal));
        Refused(FormatRule.PathOutsidePackage);
    }

    [Theory]
    [InlineData("program(1.0)", "program(3.0)", FormatRule.UnknownProgramVersion)]
    [InlineData("<ios16>", "<ios40>", FormatRule.UnknownProgramVersion)]
    [InlineData("-> (", "", FormatRule.MalformedProgramText)]
    public void Open_OtherText_IsRefused(string part, string replacement, FormatRule rule)
    {
        Compile();
        Edit("model.mil", text => text.Replace(part, replacement, StringComparison.Ordinal));
        Refused(rule);
    }

    [Fact]
    public void Open_TextThatIsCutOffAnywhere_IsToldToBeCutOff()
    {
        Compile();
        string path = Path.Combine(Model, "model.mil"), text = File.ReadAllText(path).TrimEnd();
        for (int length = 1; length < text.Length; length += 97)
        {
            File.WriteAllText(path, text[..length]);
            Assert.Equal(FormatRule.TruncatedProgramText, Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(Model)).Rule);
        }
    }

    [Theory]
    [InlineData("\"specificationVersion\":7", "\"specificationVersion\":9", "the specification version is 9 here and 7")]
    [InlineData("\"inputSchema\":[{\"name\":\"", "\"inputSchema\":[{\"name\":\"other_", "inputSchema")]
    [InlineData("[{", "{{", "is not a JSON list")]
    public void Open_MetadataOfAnotherModel_IsRefused(string part, string replacement, string problem)
    {
        Compile();
        Edit("metadata.json", text => text.Replace(part, replacement, StringComparison.Ordinal));
        Assert.Contains(problem, Refused(FormatRule.CompiledModel).Problem);
    }

    [Fact]
    public void Open_WithoutMetadata_IsTheModel()
    {
        Compile();
        File.Delete(Path.Combine(Model, "metadata.json"));
        using ModelFile file = ModelFile.Open(Model);
        Assert.NotEmpty(file.GetWeights());
    }

    [Fact]
    public void Open_StageOfAKindThatIsNotKnown_SaysWhich()
    {
        Directory.CreateDirectory(Model);
        File.WriteAllBytes(Path.Combine(Model, "coremldata.bin"), CompiledModels.Data(402, 1, "generic", 4, new ModelDescription()));
        Assert.Contains("TreeEnsembleClassifier", Refused(FormatRule.CompiledModel).Problem);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(610)]
    [InlineData(202)]
    public void Open_EveryShorterData_IsRefused(int type)
    {
        Compile();
        string path = Path.Combine(Model, "coremldata.bin");
        byte[] sound = File.ReadAllBytes(path);
        BitConverter.GetBytes(type).CopyTo(sound, 0);
        for (int length = 0; length < sound.Length - 16; length += 7)
        {
            File.WriteAllBytes(path, sound[..length]);
            Assert.Equal(FormatRule.CompiledModel, Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(Model)).Rule);
        }
    }

    [Theory]
    [InlineData("convnet_iOS16", "fp32.mlpackage", 14)]
    [InlineData("pipeline_mlprogram", "fp32.mlpackage", 15)]
    public void Open_DamagedData_IsAModelOrAnError(string folder, string variant, int seed)
    {
        CompiledModels.Compile(TestFiles.Fixture(folder, variant), Model);
        var random = new Random(seed);
        string[] files = Directory.EnumerateFiles(Model, "coremldata.bin", SearchOption.AllDirectories).Where(path => !path.Contains("analytics", StringComparison.Ordinal)).Order().ToArray();
        int refused = 0;
        for (int run = 0; run < 150; run++)
        {
            string path = files[random.Next(files.Length)];
            byte[] sound = File.ReadAllBytes(path), damaged = (byte[])sound.Clone();
            for (int i = 0; i < 3; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                using ModelFile file = ModelFile.Open(Model);
                file.Describe();
            }
            catch (CoreMLFormatException)
            {
                refused++;
            }

            File.WriteAllBytes(path, sound);
        }

        Assert.InRange(refused, 30, 150);
    }

    private void Compile() => CompiledModels.Compile(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), Model, model => model.SpecificationVersion = 7);

    private void Edit(string file, Func<string, string> edit)
    {
        string path = Path.Combine(Model, file), before = File.ReadAllText(path), after = edit(before);
        Assert.NotEqual(before, after);
        File.WriteAllText(path, after, new UTF8Encoding(false));
    }

    // Refused when it is opened or planned, and then nothing has been written.
    private CoreMLFormatException Refused(FormatRule rule)
    {
        string output = _scratch.Combine("out.mlpackage");
        CoreMLFormatException error = Assert.Throws<CoreMLFormatException>(() => EngineRuns.Convert(Model, output, new PackagingRecipe()));
        Assert.Equal(rule, error.Rule);
        Assert.NotNull(error.Remedy);
        Assert.False(Directory.Exists(output));
        Assert.Single(Directory.GetFileSystemEntries(_scratch.Path));
        return error;
    }
}
