using System;
using CoreMLQuant.Elements;
#if NET
using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Values of 1, 2, 3, 4 and 6 bits as weight.bin stores them: one stream of bits, the first value in the lowest bits of
/// the first byte; values of 3 and 6 bits straddle bytes; unused bits of the last byte are zero. Signed 4-bit values are
/// two's complement nibbles. A NeuralNetwork's rawValue is the other way round, highest bit first, and of 1 to 8 bits.
/// </summary>
internal static class SubBytePacking
{
    // Eight values of n bits fill n bytes exactly.
    private const int GroupLength = 8;

    /// <summary>Bytes of <paramref name="count"/> packed values.</summary>
    public static long PackedLength(long count, int bits) => ElementTypes.PackedByteCount(count, bits);

    /// <summary>Unused bits of the last byte, which a blob's record tells.</summary>
    public static int PaddingBits(long count, int bits) => (int)((8 - (count % GroupLength * bits % 8)) % 8);

    /// <summary>Packs values.</summary>
    /// <param name="values">One value a byte; higher bits than <paramref name="bits"/> are ignored.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="packed">As many bytes as <see cref="PackedLength"/> says.</param>
    /// <param name="order">Which bits the first value has.</param>
    /// <exception cref="ArgumentException"><paramref name="packed"/> has another length.</exception>
    public static void Pack(ReadOnlySpan<byte> values, int bits, Span<byte> packed, BitOrder order = BitOrder.LowestFirst)
    {
        CheckLengths(values.Length, bits, packed.Length);
        uint mask = (1u << bits) - 1;
        int done = order == BitOrder.LowestFirst ? PackGroups(values, bits, packed) : 0;
        values = values.Slice(done * GroupLength);
        packed = packed.Slice(done * bits);
        while (!values.IsEmpty)
        {
            int count = Math.Min(GroupLength, values.Length);
            ulong group = 0;
            for (int i = 0; i < count; i++)
            {
                group |= (ulong)(values[i] & mask) << Shift(i, bits, order);
            }

            int bytes = Math.Min(bits, packed.Length);
            for (int i = 0; i < bytes; i++)
            {
                packed[i] = (byte)(group >> Shift(i, 8, order));
            }

            values = values.Slice(count);
            packed = packed.Slice(bytes);
        }
    }

    /// <summary>Unpacks values.</summary>
    /// <param name="packed">As many bytes as <see cref="PackedLength"/> says.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="isSigned">Whether the values are two's complement; then each byte is a sign-extended <see cref="sbyte"/>.</param>
    /// <param name="values">Takes one value a byte.</param>
    /// <param name="order">Which bits the first value has.</param>
    /// <exception cref="ArgumentException"><paramref name="packed"/> has another length.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, int bits, bool isSigned, Span<byte> values, BitOrder order = BitOrder.LowestFirst)
    {
        CheckLengths(values.Length, bits, packed.Length);
        int spare = 8 - bits;
        uint mask = (1u << bits) - 1;
        int done = isSigned || order == BitOrder.HighestFirst ? 0 : UnpackGroups(packed, bits, values);
        values = values.Slice(done * GroupLength);
        packed = packed.Slice(done * bits);
        while (!values.IsEmpty)
        {
            int bytes = Math.Min(bits, packed.Length);
            ulong group = 0;
            for (int i = 0; i < bytes; i++)
            {
                group |= (ulong)packed[i] << Shift(i, 8, order);
            }

            int count = Math.Min(GroupLength, values.Length);
            for (int i = 0; i < count; i++)
            {
                byte value = (byte)((group >> Shift(i, bits, order)) & mask);
                values[i] = isSigned ? (byte)((sbyte)(value << spare) >> spare) : value;
            }

            values = values.Slice(count);
            packed = packed.Slice(bytes);
        }
    }

    /// <summary>Where a value or byte of a group of 64 bits stands: counted from its bottom, or from its top.</summary>
    private static int Shift(int index, int width, BitOrder order) => order == BitOrder.LowestFirst ? index * width : 64 - ((index + 1) * width);

    /// <summary>Packs whole groups with one instruction each, where the processor has it; the last bytes are left.</summary>
    /// <returns>Groups packed.</returns>
    private static int PackGroups(ReadOnlySpan<byte> values, int bits, Span<byte> packed)
    {
#if NET
        if (Bmi2.X64.IsSupported)
        {
            // Eight bytes are written for each group, of which the next group takes back all but its own.
            int groups = Math.Min(values.Length / GroupLength, (packed.Length - sizeof(ulong)) / bits);
            ulong mask = ((1UL << bits) - 1) * 0x0101010101010101;
            for (int i = 0; i < groups; i++)
            {
                ulong group = BinaryPrimitives.ReadUInt64LittleEndian(values.Slice(i * GroupLength));
                BinaryPrimitives.WriteUInt64LittleEndian(packed.Slice(i * bits), Bmi2.X64.ParallelBitExtract(group, mask));
            }

            return Math.Max(groups, 0);
        }
#endif
        return 0;
    }

    /// <summary>Unpacks whole groups of unsigned values likewise.</summary>
    /// <returns>Groups unpacked.</returns>
    private static int UnpackGroups(ReadOnlySpan<byte> packed, int bits, Span<byte> values)
    {
#if NET
        if (Bmi2.X64.IsSupported)
        {
            int groups = Math.Min(values.Length / GroupLength, (packed.Length - sizeof(ulong)) / bits);
            ulong mask = ((1UL << bits) - 1) * 0x0101010101010101;
            for (int i = 0; i < groups; i++)
            {
                ulong group = BinaryPrimitives.ReadUInt64LittleEndian(packed.Slice(i * bits));
                BinaryPrimitives.WriteUInt64LittleEndian(values.Slice(i * GroupLength), Bmi2.X64.ParallelBitDeposit(group, mask));
            }

            return Math.Max(groups, 0);
        }
#endif
        return 0;
    }

    private static void CheckLengths(int count, int bits, int packedLength)
    {
        if (bits is < 1 or > 8)
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "A packed value has 1 to 8 bits.");
        }

        if (packedLength != PackedLength(count, bits))
        {
            throw new ArgumentException($"{count} values of {bits} bits take {PackedLength(count, bits)} bytes, not {packedLength}.");
        }
    }
}
