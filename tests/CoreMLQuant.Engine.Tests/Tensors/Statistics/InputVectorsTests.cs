using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Tensors.Statistics;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Statistics;

public class InputVectorsTests
{
    [Theory]
    [InlineData(1, new[] { 3 }, new[] { 2 }, new[] { 1 }, new[] { 1, 1 }, "custom")]
    [InlineData(2, new[] { 3, 2 }, new[] { 1, 2 }, new[] { 2, 1 }, new[] { 2, 1, 0, 3 }, "custom")]
    [InlineData(4, new[] { 3, 3 }, new[] { 2, 2 }, new[] { 1, 1 }, new[] { 0, 0, 0, 0 }, "same")]
    [InlineData(1, new[] { 4, 1 }, new[] { 2, 3 }, new[] { 1, 1 }, new[] { 0, 0, 0, 0 }, "same_lower")]
    [InlineData(2, new[] { 2, 3, 1 }, new[] { 1, 1, 2 }, new[] { 1, 2, 1 }, new[] { 1, 0, 1, 1, 0, 0 }, "custom")]
    public void Read_Windows_GivesPatchesOfAConvolution(int groups, int[] kernel, int[] strides, int[] dilations, int[] pad, string type)
    {
        const int batch = 2, channels = 4;
        long[] shape = [batch, channels, .. kernel.Select((_, axis) => 7L + axis)];
        var random = new Random(5);
        float[] values = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)random.NextDouble()).ToArray();
        var window = new SlidingWindow(
            kernel, strides, dilations, pad.Where((_, i) => i % 2 == 0).ToArray(), pad.Where((_, i) => i % 2 == 1).ToArray(), type != "custom", type == "same_lower");
        var vectors = new WindowVectors(channels, groups, window);
        float[][][] expected = Patches(values, shape, groups, kernel, strides, dilations, pad, type);
        Assert.Equal(expected[0].Length, vectors.CountIn(shape));
        Assert.Equal(expected[0][0].Length, vectors.Columns);
        for (int group = 0; group < groups; group++)
        {
            Assert.Equal(expected[group], Read(vectors, values, shape, group));
        }
    }

    [Fact]
    public void Read_ConsecutiveVectors_TakesThoseOfAGroup()
    {
        float[] values = [.. Enumerable.Range(0, 12).Select(value => (float)value)];
        Assert.Equal([[2f, 3], [8, 9]], Read(new ConsecutiveVectors(2, 3), values, [2, 1, 6], 1));
        Assert.Throws<InvalidDataException>(() => new ConsecutiveVectors(2, 3).CountIn([3, 4]));
    }

    [Fact]
    public void Read_VectorsOfSeveralMatrices_GivesThoseThatMeetThemTogether()
    {
        float[] values = [.. Enumerable.Range(0, 12).Select(value => (float)value)];
        var vectors = new ProductVectors([new ProductAxis(2, 3, IsSummed: false), new ProductAxis(3, 1, IsSummed: true)]);
        Assert.Equal([[0f, 1, 2, 6, 7, 8], [3, 4, 5, 9, 10, 11]], Read(vectors, values, [2, 2, 3], 0));
        Assert.Equal([[0f, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]], Read(vectors, values[..6], [2, 3], 0));
        Assert.Equal([[0f, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]], Read(vectors, values, [2, 2, 1, 3], 0));
        Assert.Contains("3 elements along axis -1", Assert.Throws<InvalidDataException>(() => vectors.CountIn([2, 2, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("2 elements along axis -3", Assert.Throws<InvalidDataException>(() => vectors.CountIn([4, 1, 3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CountIn_OtherChannels_IsTold()
    {
        var vectors = new WindowVectors(4, 1, new SlidingWindow([1, 1], [1, 1], [1, 1], [0, 0], [0, 0]));
        Assert.Contains("4 channels", Assert.Throws<InvalidDataException>(() => vectors.CountIn([1, 3, 5, 5])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AxisInTheMiddle_GivesVectorsAlongIt()
    {
        float[] values = Enumerable.Range(0, 24).Select(value => (float)value).ToArray();
        float[][] read = Read(new AxisVectors(3, 2), values, [2, 3, 4], 0);
        Assert.Equal(8, read.Length);
        Assert.Equal([1, 5, 9], read[1]);
        Assert.Equal([12, 16, 20], read[4]);
        Assert.Equal([[0f, 1, 2]], Read(new AxisVectors(3, 2), values[..3], [3], 0));
    }

    [Fact]
    public void Read_VectorOfSeveralAxes_GivesConsecutiveValues()
    {
        float[] values = Enumerable.Range(0, 24).Select(value => (float)value).ToArray();
        Assert.Equal([Enumerable.Range(0, 12).Select(value => (float)value).ToArray(), Enumerable.Range(12, 12).Select(value => (float)value).ToArray()], Read(new AxisVectors(12, 1), values, [2, 3, 4], 0));
    }

    private static float[][] Read(InputVectors vectors, float[] values, long[] shape, int group)
    {
        int count = (int)vectors.CountIn(shape), stride = count + 3;
        float[] tile = new float[vectors.Columns * stride];
        vectors.Read(values, shape, group, Enumerable.Range(0, count).ToArray(), tile, stride);
        return Enumerable.Range(0, count).Select(i => Enumerable.Range(0, vectors.Columns).Select(column => tile[(column * stride) + i]).ToArray()).ToArray();
    }

    // By the definition of a convolution, index by index: groups x places x columns.
    private static float[][][] Patches(float[] values, long[] shape, int groups, int[] kernel, int[] strides, int[] dilations, int[] pad, string type)
    {
        int rank = kernel.Length;
        long[] sizes = shape.Skip(2).ToArray();
        long[] begins = new long[rank], counts = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long span = ((kernel[axis] - 1) * dilations[axis]) + 1, total = pad[2 * axis] + pad[(2 * axis) + 1];
            counts[axis] = ((sizes[axis] + total - span) / strides[axis]) + 1;
            begins[axis] = pad[2 * axis];
            if (type != "custom")
            {
                counts[axis] = (sizes[axis] + strides[axis] - 1) / strides[axis];
                total = Math.Max(0, ((counts[axis] - 1) * strides[axis]) + span - sizes[axis]);
                begins[axis] = type == "same" ? total / 2 : total - (total / 2);
            }
        }

        int channels = (int)shape[1], ofGroup = channels / groups;
        return Enumerable.Range(0, groups).Select(part =>
            (from n in Enumerable.Range(0, (int)shape[0])
             from place in Indices(counts)
             select (from channel in Enumerable.Range(part * ofGroup, ofGroup)
                     from element in Indices(kernel.Select(size => (long)size).ToArray())
                     let at = element.Select((offset, axis) => (place[axis] * strides[axis]) - begins[axis] + (offset * dilations[axis])).ToArray()
                     select at.Where((position, axis) => position < 0 || position >= sizes[axis]).Any()
                         ? 0
                         : values[at.Select((position, axis) => (position, axis)).Aggregate(((long)n * channels) + channel, (offset, item) => (offset * sizes[item.axis]) + item.position)])
                 .ToArray()).ToArray()).ToArray();
    }

    private static IEnumerable<long[]> Indices(long[] counts) => counts.Length == 0
        ? [[]]
        : from first in Enumerable.Range(0, (int)counts[0]) from rest in Indices(counts.Skip(1).ToArray()) select (long[])[first, .. rest];
}
