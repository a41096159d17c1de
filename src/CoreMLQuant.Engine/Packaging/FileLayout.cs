using System.Collections.Generic;

namespace CoreMLQuant.Packaging;

/// <summary>What an output file will hold: parts at fixed positions, zeros between them.</summary>
internal sealed class FileLayout
{
    private readonly List<(long Position, OutputPart Part)> _parts = [];

    /// <summary>Length of the file so far: the end of its last part.</summary>
    public long Length { get; private set; }

    /// <summary>The parts in order of position.</summary>
    public IReadOnlyList<(long Position, OutputPart Part)> Parts => _parts;

    /// <summary>A file that is one part.</summary>
    public static FileLayout Of(OutputPart part)
    {
        var layout = new FileLayout();
        layout.Append(part);
        return layout;
    }

    /// <summary>Puts a part at the end and returns where it begins.</summary>
    public long Append(OutputPart part)
    {
        long position = Length;
        _parts.Add((position, part));
        Length = checked(position + part.Length);
        return position;
    }

    /// <summary>Leaves zeros up to the next multiple of <paramref name="alignment"/>, if anything follows.</summary>
    public void AlignTo(int alignment) => Length = checked(Length + alignment - 1) / alignment * alignment;
}
