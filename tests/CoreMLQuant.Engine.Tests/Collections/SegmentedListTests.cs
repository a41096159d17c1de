using System.Linq;
using CoreMLQuant.Collections;
using Xunit;

namespace CoreMLQuant.Tests.Collections;

public class SegmentedListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Add_AnyNumber_KeepsTheirOrder(int count)
    {
        var list = new SegmentedList<int>();
        foreach (int item in Enumerable.Range(100, count))
        {
            list.Add(item);
        }

        Assert.Equal(count, list.Count);
        Assert.Equal(Enumerable.Range(100, count), list);
        if (count > 0)
        {
            list[count - 1] = 7;
            Assert.Equal(7, list[count - 1]);
        }
    }
}
