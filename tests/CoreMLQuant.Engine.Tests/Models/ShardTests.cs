using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Tests.Models;

public class ShardTests
{
    // Fixed for ever: machines with different versions of the module divide a folder alike.
    [Theory]
    [InlineData("lama.mlpackage", 3)]
    [InlineData("vision/resnet50.mlmodel", 8)]
    [InlineData("vision/Ünïcode.mlmodel", 8)]
    public void Contains_IsStable(string path, int expected)
    {
        int found = 0;
        for (int index = 1; index <= 16; index++)
        {
            found = new Shard(index, 16).Contains(path) ? index : found;
        }

        Assert.Equal(expected, found);
    }

    [Fact]
    public void Contains_TakesSeparatorsAlike()
    {
        for (int index = 1; index <= 16; index++)
        {
            var shard = new Shard(index, 16);
            Assert.Equal(shard.Contains("a/b.mlmodel"), shard.Contains("a\\b.mlmodel"));
        }
    }

    [Fact]
    public void Contains_DividesEvenly()
    {
        int[] counts = new int[8];
        for (int model = 0; model < 8000; model++)
        {
            for (int index = 1; index <= counts.Length; index++)
            {
                counts[index - 1] += new Shard(index, counts.Length).Contains($"layer{model}/net.mlpackage") ? 1 : 0;
            }
        }

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }
}
