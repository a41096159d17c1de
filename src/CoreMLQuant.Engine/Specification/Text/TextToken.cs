namespace CoreMLQuant.Specification.Text;

/// <summary>What a token of MIL text is.</summary>
internal enum TextTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A name or a keyword.</summary>
    Name,

    /// <summary>A number, with its sign.</summary>
    Number,

    /// <summary>Text in quotation marks.</summary>
    String,

    /// <summary>One of the characters that separate and enclose.</summary>
    Mark,

    /// <summary><c>-&gt;</c></summary>
    Arrow,

    /// <summary><c>...</c></summary>
    Ellipsis,
}

/// <summary>A token of MIL text: where it stands, not what it says, so that reading it costs no memory.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct TextToken(TextTokenKind Kind, int Start, int Length)
{
    /// <summary>Offset behind its last byte.</summary>
    public int End => Start + Length;
}
