using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using Xunit;

namespace CoreMLQuant.Tests.Recipes.Files;

/// <summary>Files of ranges as Python's json module and others write them, and what is wrong in them.</summary>
public sealed class ActivationRangesFileTests
{
    private const string Range = "{\"a\": {\"rmin\": -1.5, \"rmax\": 2e1}}";

    [Fact]
    public void Read_EveryUsualEncoding_Reads()
    {
        using var scratch = new ScratchFolder();
        foreach (Encoding encoding in new[] { new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            string path = scratch.Combine("ranges.json");
            File.WriteAllText(path, Range, encoding);
            Assert.Equal(new ActivationRange(-1.5, 20), Assert.Single(ActivationRangesFile.Read(path).ByName).Value);
        }
    }

    [Fact]
    public void Read_TensOfThousandsOfRanges_ReadsAll()
    {
        const int Count = 60_000;
        using var scratch = new ScratchFolder();
        string path = Written(scratch, $"{{{string.Join(",\n", Enumerable.Range(0, Count).Select(i => $"\"v{i}\": {{\"rmin\": -1.5, \"rmax\": {i}}}"))}}}");
        ActivationRanges ranges = ActivationRangesFile.Read(path);
        Assert.Equal((Count, 59_999.0), (ranges.ByName.Count, ranges.ByName["v59999"].Maximum));
    }

    [Fact]
    public void Read_MistakesOfEveryKind_AreAllTold()
    {
        using var scratch = new ScratchFolder();
        RecipeFileException exception = Assert.Throws<RecipeFileException>(() => ActivationRangesFile.Read(Written(scratch, """
            {
            "a": {"rmin": NaN, "rmax": Infinity},
            "b": {"rmin": 2, "rmax": 1},
            "c": {"rmin": "low", "rmax": null},
            "d": [0, 1],
            "e": 3,
            "f": {"min": 0, "rmax": 1},
            "a": {"rmin": 0, "rmax": 1},
            "g": {"rmin": [0], "rmax": true},
            "h": null
            }
            """)));
        Assert.Equal(
            [(2, "a.rmin"), (2, "a.rmax"), (3, "b.rmin"), (4, "c.rmin"), (5, "d"), (6, "e"), (7, "f.min"), (8, "a"), (9, "g.rmin"), (9, "g.rmax"), (10, "h")],
            exception.Errors.Select(error => (error.Position.Line, error.Path)));
    }

    [Fact]
    public void Read_RangesByFunction_SaysThatThereIsOneMap()
    {
        using var scratch = new ScratchFolder();
        RecipeFileException exception = Assert.Throws<RecipeFileException>(() => ActivationRangesFile.Read(Written(scratch, $"{{\"main\": {Range}, \"other\": {Range}}}")));
        Assert.Equal(["main", "other"], exception.Errors.Select(error => error.Path));
        Assert.All(exception.Errors, error => Assert.Contains("in one map", error.Message));
    }

    [Fact]
    public void Read_TheSameMistakeInAllRanges_CountsWhatItDoesNotShow()
    {
        using var scratch = new ScratchFolder();
        string path = Written(scratch, $"{{{string.Join(",\n", Enumerable.Range(0, 1000).Select(i => $"\"v{i}\": {{\"rmin\": 2, \"rmax\": 1}}"))}}}");
        RecipeFileException exception = Assert.Throws<RecipeFileException>(() => ActivationRangesFile.Read(path));
        Assert.Equal(1000, exception.Errors.Count);
        Assert.Contains("has 1000 errors:", exception.Message);
        Assert.Contains("v49.rmin", exception.Message);
        Assert.EndsWith("and 950 more.", exception.Message, System.StringComparison.Ordinal);
    }

    private static string Written(ScratchFolder scratch, string text)
    {
        string path = scratch.Combine("ranges.json");
        File.WriteAllText(path, text);
        return path;
    }
}
