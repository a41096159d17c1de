using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Features;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Binding;

public sealed class SampleBinderTests
{
    private static readonly RunFeature X = TestInputs.Array("x", ElementType.Float32, 1, 3);
    private static readonly RunFeature Ids = TestInputs.Array("ids", ElementType.Int32, 1, 2);

    [Fact]
    public void Bind_ListOfTheRightLength_TakesTheFeaturesShape()
    {
        Dictionary<string, object> bound = Bind([X, Ids], ("x", new MultiArray(new[] { 1L, 2, 3 }, [3])), ("ids", new MultiArray(new[] { 4.0, 5 }, [2])));
        Assert.Equal([1, 3], Array(bound["x"]).Shape);
        Assert.Equal(new[] { 1f, 2, 3 }, Array(bound["x"]).Values);
        Assert.Equal([1, 2], Array(bound["ids"]).Shape);
        Assert.Equal(new[] { 4, 5 }, Array(bound["ids"]).Values);
    }

    [Fact]
    public void Bind_WhatDoesNotFit_IsToldAllAtOnce()
    {
        var error = Assert.Throws<InputMismatchException>(() => Bind(
            [X, Ids, TestInputs.Array("z", ElementType.Float32, 1), TestInputs.Image("image", ImageColorSpace.Rgb, 2, 2)],
            ("x", new MultiArray(new float[4], [2, 2])),
            ("ids", new MultiArray(new[] { 0.5f, 1 }, [1, 2])),
            ("y", "text"),
            ("image", "text")));
        Assert.Equal(5, error.Mismatches.Count);
        Assert.Contains("Input 'x' is Float32 [1, 3], and was given Float32 [2, 2].", error.Mismatches);
        Assert.Contains(error.Mismatches, text => text.Contains("0.5 is not a 32-bit integer"));
        Assert.Contains(error.Mismatches, text => text.StartsWith("There is no input 'y'; the model takes 'x' (Float32 [1, 3])"));
        Assert.Contains(error.Mismatches, text => text.Contains("'image' is Image Rgb 2x2, and was given the text 'text'"));
        Assert.Contains("Input 'z' (Float32 [1]) is missing.", error.Mismatches);
    }

    [Fact]
    public void Bind_BareValue_GoesToTheOneInputThatTakesIt()
    {
        var array = new MultiArray(new[] { 1f, 2, 3 }, [1, 3]);
        Assert.True(Bind([X, Ids.Optional()], (RunSample.Unnamed, array)).ContainsKey("x"));
        var error = Assert.Throws<InputMismatchException>(() => Bind([X, Ids], (RunSample.Unnamed, array)));
        Assert.Contains("Several inputs take an array (x, ids): name it", error.Message);
    }

    [Theory]
    [InlineData(12, new long[] { 1, 12 })]
    [InlineData(3, new long[] { 1, 3 })]
    public void Bind_ListForAFlexibleAxis_DecidesItsSize(int count, long[] expected)
    {
        RunFeature flexible = X with { Shape = new FeatureShape([1, 4], [], [(1, 1), (1, 16)]) };
        Assert.Equal(expected, Array(Bind([flexible], ("x", new MultiArray(new float[count], [count])))["x"]).Shape);
        Assert.Throws<InputMismatchException>(() => Bind([flexible], ("x", new MultiArray(new float[17], [17]))));
    }

    [Fact]
    public void Bind_EnumeratedShapes_TakesOnlyThose()
    {
        RunFeature enumerated = X with { Shape = new FeatureShape([1, 3], [[1, 3], [1, 5]], []) };
        Assert.Equal([1, 5], Array(Bind([enumerated], ("x", new MultiArray(new float[5], [5])))["x"]).Shape);
        Assert.Throws<InputMismatchException>(() => Bind([enumerated], ("x", new MultiArray(new float[4], [1, 4]))));
    }

    private static MultiArray Array(object value) => (MultiArray)value;

    private static Dictionary<string, object> Bind(RunFeature[] inputs, params (string Name, object Value)[] values)
    {
        var given = new Dictionary<string, object>();
        foreach ((string name, object value) in values)
        {
            given.Add(name, value);
        }

        return new SampleBinder(TestInputs.Inputs(inputs), "model.mlmodel", ImageResize.None).Bind(new RunSample("1", given));
    }
}
