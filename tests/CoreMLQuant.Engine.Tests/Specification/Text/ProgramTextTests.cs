using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Text;
using Xunit;

namespace CoreMLQuant.Tests.Specification.Text;

/// <summary>Programs as text and back: what is read of what was written is the same program.</summary>
public class ProgramTextTests
{
    public static TheoryData<string> Packages => new(FixturePackages());

    [Theory]
    [MemberData(nameof(Packages))]
    public void Read_WrittenFixture_IsTheSameProgram(string path)
    {
        foreach (Program program in Programs(path))
        {
            string text = Write(program);
            Assert.True(program.Equals(Read(text)));
            Assert.Equal(text, Write(Read(text)));
        }
    }

    internal static string Write(Program program)
    {
        var text = new StringWriter();
        ProgramWriter.Write(program, new DetachedPayloads(), text);
        return text.ToString();
    }

    internal static Program Read(string text) => ProgramReader.Read(Encoding.UTF8.GetBytes(text), "model.mil");

    private static IEnumerable<Program> Programs(string path) => PipelineStages
        .AllModels(Model.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(path, "Data", "com.apple.CoreML", "model.mlmodel"))))
        .Where(model => model.TypeCase == Model.TypeOneofCase.MlProgram)
        .Select(model => model.MlProgram);

    private static IEnumerable<string> FixturePackages() => Vectors.Variants(_ => true)
        .Select(variant => TestFiles.Fixture(variant.Folder, variant.Variant))
        .Where(path => Directory.Exists(path));
}
