using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// Turns the values of a weight into codes of a few bits, and the tables that decode them. First it sees the whole
/// weight (<see cref="Prepare"/>), then it encodes ranges of it, in any order and several at once. Where it <see cref="EncodesOnDemand"/>, ranges can come first.
/// </summary>
internal abstract class TensorCoder
{
    /// <summary>Type of a code.</summary>
    public abstract ElementType CodeType { get; }

    /// <summary>Dimensions of the tensor of codes.</summary>
    public abstract IReadOnlyList<long> CodeShape { get; }

    /// <summary>The tables, known by name and shape before a value is read.</summary>
    public abstract IReadOnlyList<CodeTable> Tables { get; }

    /// <summary>Whether a range can be encoded and decoded before the whole weight has been looked at, because it is enough to look at what is near it.</summary>
    public virtual bool EncodesOnDemand => false;

    /// <summary>Whether values make good the errors of others.</summary>
    public virtual bool Compensates => false;

    /// <summary>Looks at the whole weight, or at what of it has not been looked at, and computes the tables.</summary>
    public abstract void Prepare(TensorValues values, CancellationToken cancellationToken);

    /// <summary>The bytes of a table, in the order of <see cref="Tables"/>. After <see cref="Prepare"/>.</summary>
    public abstract byte[] TableBytes(int index);

    /// <summary>Encodes a range. After <see cref="Prepare"/>.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="start">The first code; a multiple of 8.</param>
    /// <param name="codes">Takes one code a byte.</param>
    /// <param name="meter">Takes the error.</param>
    public abstract void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter);

    /// <summary>What the codes of a range decode to, in the precision of the type that they decode to. After <see cref="Prepare"/>.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="start">The first value; a multiple of 8.</param>
    /// <param name="decoded">Takes the values.</param>
    public abstract void Decode(TensorValues values, long start, Span<float> decoded);

    /// <summary>Forgets what <see cref="Prepare"/> found out; a next use prepares again.</summary>
    public abstract void Release();
}
