using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data.Files;

/// <summary>
/// Sound of a RIFF/WAVE file as floats from -1 to 1, at the rate at which it was recorded: PCM of 8 to 32 bits, and floats. Source: the
/// Multimedia Programming Interface and Data Specifications 1.0, and WAVEFORMATEXTENSIBLE.
/// </summary>
internal static class WavFile
{
    private const int Pcm = 1;
    private const int IeeeFloat = 3;
    private const int Extensible = 0xFFFE;
    private const int FormatLength = 16;
    private const int SubFormatOffset = 24;

    /// <summary>Reads the sound: <c>[samples]</c> of one channel, <c>[channels, samples]</c> of several.</summary>
    /// <exception cref="SampleDataException">It is no such file, or of a kind that cannot be read.</exception>
    public static MultiArray Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> riff = stackalloc byte[12];
        if (stream.ReadAtLeast(riff, riff.Length, false) < riff.Length || Tag(riff) != "RIFF" || Tag(riff[8..]) != "WAVE")
        {
            throw new SampleDataException(path, "It does not begin as a RIFF/WAVE file does.");
        }

        byte[]? format = Chunk(stream, "fmt ", path, DataLimits.MaximumTextBytes);
        if (format is null || format.Length < FormatLength)
        {
            throw new SampleDataException(path, "It has no format chunk.");
        }

        byte[] data = Chunk(stream, "data", path, DataLimits.MaximumArrayBytes / sizeof(float)) ?? throw new SampleDataException(path, "It has no data chunk.");
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(format);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(2));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(14));
        if (kind == Extensible && format.Length >= SubFormatOffset + 2)
        {
            kind = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(SubFormatOffset));
        }

        SampleReader read = Reader(kind, bits) ?? throw new SampleDataException(path, $"Its samples are of format {kind} with {bits} bits; PCM of 8, 16, 24 and 32 bits and floats of 32 and 64 bits can be read.");
        if (channels == 0)
        {
            throw new SampleDataException(path, "It has no channel.");
        }

        int bytes = bits / 8, frames = data.Length / (bytes * channels);
        float[] values = new float[frames * channels];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                values[(channel * frames) + frame] = read(data.AsSpan(((frame * channels) + channel) * bytes));
            }
        }

        return new MultiArray(values, channels == 1 ? [frames] : [channels, frames]);
    }

    private delegate float SampleReader(ReadOnlySpan<byte> bytes);

    private static SampleReader? Reader(int kind, int bits) => (kind, bits) switch
    {
        (Pcm, 8) => bytes => (bytes[0] - 128) / 128f,
        (Pcm, 16) => bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768f,
        (Pcm, 24) => bytes => (((sbyte)bytes[2] << 16) | (bytes[1] << 8) | bytes[0]) / 8388608f,
        (Pcm, 32) => bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2147483648f,
        (IeeeFloat, 32) => bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        (IeeeFloat, 64) => bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => null,
    };

    // Chunks before the wanted one are passed over. One that announces more than the file has is cut there, as recorders that were stopped leave it.
    private static byte[]? Chunk(FileStream stream, string tag, string path, long limit)
    {
        Span<byte> head = stackalloc byte[8];
        while (stream.ReadAtLeast(head, head.Length, false) == head.Length)
        {
            long length = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(head[4..]), stream.Length - stream.Position);
            if (Tag(head) == tag)
            {
                if (length > limit)
                {
                    throw new SampleDataException(path, $"Its '{tag.Trim()}' chunk has {length} bytes; {limit} can be read.");
                }

                byte[] content = new byte[length];
                stream.ReadExactly(content);
                stream.Position += (length & 1) == 1 && stream.Position < stream.Length ? 1 : 0;
                return content;
            }

            stream.Position = Math.Min(stream.Length, stream.Position + length + (length & 1));
        }

        return null;
    }

    private static string Tag(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..4]);
}
