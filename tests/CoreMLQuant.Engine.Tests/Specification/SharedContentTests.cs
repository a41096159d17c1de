using System.Globalization;
using System.Linq;
using System.Text;
using CoreMLQuant.Specification;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

public class SharedContentTests
{
    private int _reads;

    [Fact]
    public void Of_TheSameBytes_IsTheSameObject()
    {
        SharedContent<string> texts = New();
        Assert.Same(texts.Of("weight"u8), texts.Of("weight"u8));
        Assert.Same(texts.Of(""u8), texts.Of(""u8));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public void Of_ThousandsOfNames_FindsEachAgain()
    {
        SharedContent<string> texts = New();
        byte[][] names = Enumerable.Range(0, 20_000).Select(number => Encoding.UTF8.GetBytes("layer_" + number.ToString(CultureInfo.InvariantCulture))).ToArray();
        string[] first = names.Select(name => texts.Of(name)).ToArray();
        Assert.Equal(first.Length, first.Distinct().Count());
        for (int i = 0; i < names.Length; i++)
        {
            Assert.Equal(Encoding.UTF8.GetString(names[i]), first[i]);
            Assert.Same(first[i], texts.Of(names[i]));
        }

        // Some chains may be full; then names are read again, and equal.
        Assert.InRange(_reads, names.Length, names.Length + 100);
    }

    [Fact]
    public void Of_ALongText_IsReadEachTime()
    {
        SharedContent<string> texts = New();
        byte[] text = Encoding.UTF8.GetBytes(new string('a', 10_000));
        Assert.Equal(texts.Of(text), texts.Of(text));
        Assert.Equal(2, _reads);
    }

    private SharedContent<string> New() => new(content =>
    {
        _reads++;
        return Encoding.UTF8.GetString(content.ToArray());
    });
}
