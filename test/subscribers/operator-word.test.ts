import { describe, expect, it } from 'vitest';
import { findSubscriber } from '../../src/store/subscribers.ts';
import { leave } from '../../src/subscribers/leave.ts';
import { addByOperator } from '../../src/subscribers/operator-word.ts';
import { importHouse, now, tokens } from './import-house.ts';

const ada = { address: 'ada@example.org', addressHash: tokens.addressHash('ada@example.org') };
const daily = [{ key: 'daily', topics: ['agents', 'llm'] }];

describe('the word of the operator', () => {
  it('does not outweigh a no that comes in at the same time', async () => {
    await using house = await importHouse();
    const { db } = house;
    const leaver = { addressHash: ada.addressHash, way: 'link' };
    await Promise.all([
      addByOperator(db, ada, ['daily'], now),
      leave(db, leaver, { what: 'digest', digest: 'daily' }, daily, now),
    ]);
    expect((await house.standing(ada.address)).states['daily']).not.toBe('confirmed');
  });

  it('leaves no subscriber without a subscription where it cannot be stored whole', async () => {
    await using house = await importHouse();
    const { db } = house;
    await db.schema.dropTable('consents').execute();
    await expect(addByOperator(db, ada, ['daily'], now)).rejects.toThrow(/consents/);
    expect(await findSubscriber(db, ada.addressHash)).toBeUndefined();
  });
});
