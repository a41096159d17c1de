using System;
using CoreMLQuant.Coding;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Coding;

public sealed class CustomTablesTests
{
    private static readonly float[] Values = [0.1f, 0.9f, 0.2f];

    [Fact]
    public void Find_GivesWhatTheFunctionGives()
    {
        var table = new CustomLookupTable([0, 1], [0, 1, 0]);
        Assert.Same(table, CustomTables.Find((values, bitWidth) => values == Values && bitWidth == 1 ? table : null!, Values, 1, "w"));
    }

    [Theory]
    [InlineData(new float[0], new[] { 0, 0, 0 }, "0 entries")]
    [InlineData(new[] { 0f, 1f, 2f }, new[] { 0, 0, 0 }, "3 entries")]
    [InlineData(new[] { 0f, 1f }, new[] { 0, 0 }, "2 indices for 3 values")]
    [InlineData(new[] { 0f, 1f }, new[] { 0, 0, 0, 0 }, "4 indices for 3 values")]
    [InlineData(new[] { 0f, 1f }, new[] { 0, 2, 0 }, "index 2 of value 1")]
    [InlineData(new[] { 0f, 1f }, new[] { 0, 0, -1 }, "index -1 of value 2")]
    [InlineData(new[] { 0f }, new[] { 0, 1, 0 }, "index 1 of value 1")]
    [InlineData(new[] { 0f, float.NaN }, new[] { 0, 0, 0 }, "not finite")]
    [InlineData(new[] { float.NegativeInfinity, 0f }, new[] { 0, 0, 0 }, "not finite")]
    public void Find_RefusesWhatIsNoTable_AndNamesTheWeight(float[] table, int[] indices, string problem)
    {
        RecipeException exception = Assert.Throws<RecipeException>(() => CustomTables.Find((_, _) => new CustomLookupTable(table, indices), Values, 1, "conv_weight"));
        Assert.Contains("'conv_weight'", exception.Message);
        Assert.Contains(problem, exception.Message);
    }

    [Fact]
    public void Find_NamesTheWeight_WhenTheFunctionFails()
    {
        RecipeException exception = Assert.Throws<RecipeException>(() => CustomTables.Find((_, _) => throw new InvalidOperationException("no idea"), Values, 1, "conv_weight"));
        Assert.Contains("'conv_weight': no idea", exception.Message);
        Assert.IsType<InvalidOperationException>(exception.InnerException);
    }

    [Fact]
    public void Find_LeavesAStopAStop() =>
        Assert.Throws<OperationCanceledException>(() => CustomTables.Find((_, _) => throw new OperationCanceledException(), Values, 1, "w"));
}
