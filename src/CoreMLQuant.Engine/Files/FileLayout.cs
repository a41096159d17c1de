using System.Collections.Generic;
using CoreMLQuant.Collections;

namespace CoreMLQuant.Files;

/// <summary>What an output file will hold: parts at fixed positions, zeros between them.</summary>
internal sealed class FileLayout
{
    private readonly SegmentedList<PlacedPart> _parts = new();

    /// <summary>Length of the file so far: the end of its last part.</summary>
    public long Length { get; private set; }

    /// <summary>The parts in order of position.</summary>
    public IReadOnlyList<PlacedPart> Parts => _parts;

    /// <summary>A file that is one part.</summary>
    public static FileLayout Of(OutputPart part)
    {
        var layout = new FileLayout();
        layout.Append(part);
        return layout;
    }

    /// <summary>
    /// The work that writes the file. Small neighbours - thousands of records and biases - are computed into one
    /// buffer and written at once, gaps as zeros; big parts split themselves.
    /// </summary>
    public IEnumerable<OutputJob> Jobs()
    {
        int first = 0;
        for (int i = 0; i < _parts.Count; i++)
        {
            bool isBig = _parts[i].Part.Length > GatherJob.MaxLength;
            if (isBig || End(i) - _parts[first].Position > GatherJob.MaxLength)
            {
                if (i > first)
                {
                    yield return new GatherJob(_parts, first, i - first);
                }

                first = i;
            }

            if (isBig)
            {
                foreach (OutputJob job in _parts[i].Part.Split(_parts[i].Position))
                {
                    yield return job;
                }

                first = i + 1;
            }
        }

        if (first < _parts.Count)
        {
            yield return new GatherJob(_parts, first, _parts.Count - first);
        }
    }

    /// <summary>Puts a part at the end and returns where it begins.</summary>
    public long Append(OutputPart part)
    {
        long position = Length;
        _parts.Add(new PlacedPart(position, part));
        Length = checked(position + part.Length);
        return position;
    }

    /// <summary>Leaves zeros up to the next multiple of <paramref name="alignment"/>, if anything follows.</summary>
    public void AlignTo(int alignment) => Length = checked(Length + alignment - 1) / alignment * alignment;

    private long End(int index) => _parts[index].Position + _parts[index].Part.Length;
}

/// <summary>A part of a file and where it begins.</summary>
/// <param name="Position">Offset in the file, in bytes.</param>
/// <param name="Part">The part.</param>
internal readonly record struct PlacedPart(long Position, OutputPart Part);
